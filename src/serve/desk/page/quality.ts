import type { TurnedOut } from './answers.ts'
import { at, say, sayPairs, showTable } from './elements.ts'
import { Lines } from './lines.ts'
import { type ProductData, whyEmpty } from './product_data.ts'
import { number, percent } from './words.ts'

/** The card that says how the settled predictions turned out. */
export function qualityCard(current: () => ProductData | null): { show(): void; paint(): void } {
  const calibration = new Lines(at('calibration'), {
    lines: [
      { name: 'as good as it says', colour: 'soft', dash: [4, 4] },
      { name: 'came true', colour: 'up', points: true },
    ],
    ...{ height: 150, numbers: true, range: [0, 1], xRange: [0, 1], write: value => percent(value) },
  })
  const refresh = showTable(
    'quality-table',
    () => ({
      names: ['probability', 'predictions', 'came true', 'share'],
      rows: (current()?.turnedOut?.bins ?? []).map(({ from, to, predictions, came_true: cameTrue }) => [
        `${percent(from)} to ${percent(to)}`,
        number(predictions, 0),
        number(cameTrue, 0),
        percent(predictions > 0 ? cameTrue / predictions : null),
      ]),
    }),
    'nothing is settled yet',
  )
  const show = (): void => {
    const data = current()
    const turned = data?.turnedOut ?? null
    sayPairs('quality', [
      ['PR-AUC', `${number(turned?.pr_auc)}${between(turned)} · chance ${number(turned?.base_rate)}`],
      ['EWMA', besideRules(turned, 'ewma')],
      ['persistence', besideRules(turned, 'persistence')],
      ['Brier score', `${number(turned?.brier, 3)} · base rate ${number(ofBaseRate(turned?.base_rate), 3)}`],
      ['alarms', `${number(turned?.alarms_came_true, 0)} of ${number(turned?.alarms, 0)} came true`],
      ['spikes', `${number(turned?.alarms_came_true, 0)} of ${number(turned?.spikes, 0)} were in an alarm`],
      ['settled', number(turned?.settled, 0)],
      ['model', data?.model ?? '–'],
    ])
    const bins = (turned?.bins ?? []).filter(({ predictions }) => predictions > 0)
    const middles = bins.map(({ from, to }) => (from + to) / 2)
    const shares = bins.map(({ predictions, came_true: cameTrue }) => cameTrue / predictions)
    calibration.show(
      bins.length === 0
        ? [[], [], []]
        : [
            [0, ...middles, 1],
            [0, ...middles, 1],
            [null, ...shares, null],
          ],
    )
    say(
      'quality-why',
      (turned?.settled ?? 0) === 0
        ? whyEmpty(data, 'nothing is settled yet: a prediction is once its 60 s are over and closed')
        : 'across: what was said; up: how often it came true; dashed: as often as it said',
    )
    refresh()
  }
  return { show, paint: () => calibration.paint() }
}

/** The interval of the model's PR-AUC, where there is one. */
function between(turned: TurnedOut | null): string {
  const interval = turned?.pr_auc_interval ?? null
  return interval === null ? '' : ` (${number(interval.low)}–${number(interval.high)})`
}

/** A rule's PR-AUC, and where its rows do not cover all that is settled, the model's over the same seconds. */
function besideRules(turned: TurnedOut | null, name: 'ewma' | 'persistence'): string {
  const rule = `PR-AUC ${number(turned?.rules[name])}`
  if (turned === null || turned.rules.settled === turned.settled) return rule
  return `${rule} · model ${number(turned.rules.model)} in the same ${number(turned.rules.settled, 0)} s`
}

/** The Brier score of one who always says the base rate. */
function ofBaseRate(rate: number | null | undefined): number | null {
  return rate === null || rate === undefined ? null : rate * (1 - rate)
}
