import { Balances } from '../core/trading/ledger.ts'
import type { ProductView } from './view.ts'

/** The paper portfolio of a product as its ledger and signals have it, beside buying at the first candle that is held here. */
export function portfolioOf({ product, signals, ledger }: ProductView, limit: number) {
  const all = signals.last()
  const [first, newest] = [all[0], all.at(-1)]
  const opening = ledger.find(({ kind }) => kind === 'opening')
  const startedWith = opening?.postings.find(({ account }) => account === 'cash')?.amount ?? null
  const held = (close: number): number | null =>
    startedWith === null || first === undefined ? null : (startedWith * close) / first.close
  const balances = new Balances()
  for (const entry of ledger) balances.add(entry)
  const fills = ledger.flatMap(({ start, fill }) => {
    if (fill === null) return []
    const { side, amount, price, fee, reason, rule } = fill
    return [{ start: start / 1e6, side, amount, price, fee, reason, rule }]
  })
  return {
    ...{
      product,
      total_value: newest?.total_value ?? null,
      budget: newest?.budget ?? null,
      coins: newest?.crypto ?? null,
    },
    ...{ fees: balances.of('fees money'), started_with: startedWith },
    buy_and_hold: newest === undefined ? null : held(newest.close),
    balanced: balances.faults.length === 0,
    history: all
      .slice(-limit)
      .map(({ start, total_value, close }) => ({ start: start / 1e6, total_value, holding: held(close) })),
    fills: fills.slice(-limit),
  }
}
