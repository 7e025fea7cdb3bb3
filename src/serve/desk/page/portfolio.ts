import type { PaperPortfolio } from './answers.ts'
import { at, say, sayPairs, showTable } from './elements.ts'
import { Lines } from './lines.ts'
import { type ProductData, whyEmpty } from './product_data.ts'
import { minute, number, price } from './words.ts'

const noRow = 'nothing yet: the signals job has written no row; it begins with the first closed candle that it reads'

/** The card of the paper portfolio beside buying once and holding. */
export function portfolioCard(current: () => ProductData | null): { show(): void; paint(): void } {
  const equity = new Lines(at('equity'), {
    lines: [
      { name: 'portfolio', colour: 'up' },
      { name: 'holding', colour: 'third', dash: [6, 4] },
      { name: 'standing aside', colour: 'down', dash: [2, 3] },
    ],
    ...{ height: 150, write: value => number(value, 0) },
  })
  const refreshes = [
    showTable(
      'portfolio-table',
      () => ({
        names: ['UTC', 'portfolio', 'holding', 'standing aside'],
        rows: (current()?.portfolio?.history ?? [])
          .toReversed()
          .map(({ start, total_value: value, holding, aside }) => [
            ...[minute(start), number(value), number(holding), number(aside)],
          ]),
      }),
      'no candle has been traded yet',
    ),
    showTable(
      'log',
      () => ({
        names: ['UTC', 'side', 'amount', 'price', 'fee', 'why', 'rule'],
        rows: (current()?.fills.last() ?? [])
          .toReversed()
          .map(fill => [
            ...[
              minute(fill.start),
              fill.side === 'BUY' ? '▲ BUY' : '▼ SELL',
              number(fill.amount, 6),
              price(fill.price),
            ],
            ...[number(fill.fee), fill.reason, fill.rule],
          ]),
      }),
      'no trade yet: the rule has given no signal',
    ),
  ]
  const show = (): void => {
    const paper = current()?.portfolio ?? null
    sayPairs('portfolio', [
      ['portfolio', `${number(paper?.total_value)} (fees ${number(paper?.fees)})`],
      ['holding', number(paper?.buy_and_hold)],
      ['standing aside', besideOf(paper?.aside ?? null)],
      ['began with', number(paper?.started_with)],
      ['ledger', paper === null ? '–' : paper.balanced ? 'balanced' : 'NOT BALANCED'],
      ['trades', paper === null ? '–' : number(paper.fills.length, 0)],
    ])
    const history = paper?.history ?? []
    equity.show([
      history.map(({ start }) => start),
      history.map(one => one.total_value),
      history.map(one => one.holding),
      history.map(one => one.aside),
    ])
    say(
      'portfolio-why',
      history.length > 0
        ? '━ portfolio ┅ holding ┈ standing aside: the same rule, but nothing is bought while a spike is likely'
        : whyEmpty(current(), noRow),
    )
    for (const refresh of refreshes) refresh()
  }
  return { show, paint: () => equity.paint() }
}

/** Of the portfolio that buys nothing while a spike is likely. */
function besideOf(aside: PaperPortfolio['aside']): string {
  if (aside === null) return '–'
  const fault = aside.balanced ? '' : '; NOT BALANCED'
  return `${number(aside.total_value)} (fees ${number(aside.fees)}, trades ${number(aside.fills, 0)}${fault})`
}
