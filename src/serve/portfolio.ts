import { Balances, type LedgerEntry } from '../core/trading/ledger.ts'
import type { ProductView } from './view.ts'

/** The paper portfolio of a product as its ledger and signals have it, beside buying at the first candle that is held here. */
export function portfolioOf({ product, signals, ledger, aside }: ProductView, limit: number) {
  const all = signals.last()
  const [first, newest] = [all[0], all.at(-1)]
  const opening = ledger.find(({ kind }) => kind === 'opening')
  const startedWith = opening?.postings.find(({ account }) => account === 'cash')?.amount ?? null
  const held = (close: number): number | null =>
    startedWith === null || first === undefined ? null : (startedWith * close) / first.close
  const balances = balancesOf(ledger)
  const valuesAside = new Map(aside.signals.last().map(one => [one.start, one.total_value]))
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
    aside: asideOf(aside),
    history: all.slice(-limit).map(({ start, total_value, close }) => ({
      ...{ start: start / 1e6, total_value, holding: held(close), aside: valuesAside.get(start) ?? null },
    })),
    fills: fills.slice(-limit),
  }
}

/** The portfolio that buys nothing while a spike is likely; null before its first candle. */
function asideOf({ signals, ledger }: ProductView['aside']) {
  const newest = signals.newest()
  if (newest === undefined) return null
  const balances = balancesOf(ledger)
  return {
    ...{ total_value: newest.total_value, fees: balances.of('fees money'), balanced: balances.faults.length === 0 },
    fills: ledger.filter(({ fill }) => fill !== null).length,
  }
}

function balancesOf(ledger: LedgerEntry[]): Balances {
  const balances = new Balances()
  for (const entry of ledger) balances.add(entry)
  return balances
}
