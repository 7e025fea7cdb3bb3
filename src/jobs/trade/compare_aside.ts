import type { Config } from '../../config.ts'
import type { Micros } from '../../core/events/event.ts'
import type { Paired } from '../../core/models/metrics/paired.ts'
import { decodeSignal, type SignalRecord } from '../../core/trading/signal_json.ts'
import type { Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { ratioOfTotals } from './judge.ts'
import { tradeTopics } from './run.ts'

/** The rule as it is and standing aside, over the same candles of a product, each as it was decided live. */
export interface ComparedAside {
  product: string
  candles: number
  /** What each made of what it had before the first of these candles, as a share. */
  plain: number
  aside: number
  /** Purchases of the rule, and those that standing aside left out. */
  bought: number
  left_out: number
  /** Of standing aside over the rule, with its interval by blocks of an hour. */
  ratio: Paired
}

/**
 * Compares what two jobs wrote: nothing is decided here, so nothing is chosen by what came of it.
 * @param from only candles from then on count: of those that a model was trained on it can say no more than it was told.
 * @throws SpikeError TOPIC_UNKNOWN.
 */
export async function compareAside(
  streams: Streams,
  config: Config,
  predictions: string,
  from: Micros,
): Promise<ComparedAside[]> {
  const [plain, aside] = await Promise.all(
    [tradeTopics(config), tradeTopics(config, predictions)].map(({ signals }) => readSignals(streams, signals, from)),
  )
  return [...plain].flatMap(([product, rows]) => {
    const beside = aside.get(product) ?? new Map<Micros, SignalRecord>()
    const times = [...rows.keys()].filter(time => beside.has(time)).sort((a, b) => a - b)
    if (times.length < 2) return []
    const of = (all: Map<Micros, SignalRecord>): SignalRecord[] => times.map(time => all.get(time)!)
    const grown = (all: SignalRecord[]): Float64Array =>
      Float64Array.from(all, ({ total_value }) => total_value / all[0].total_value)
    const [one, other] = [of(rows), of(beside)]
    const [values, others] = [grown(one), grown(other)]
    const buys = (all: SignalRecord[]): number => all.filter(({ signal }) => signal === 'BUY').length
    return {
      ...{ product, candles: times.length, plain: values[values.length - 1], aside: others[others.length - 1] },
      ...{ bought: buys(one), left_out: buys(one) - buys(other) },
      ratio: ratioOfTotals(others, values, Float64Array.from(times)),
    }
  })
}

async function readSignals(
  streams: Streams,
  topic: string,
  from: Micros,
): Promise<Map<string, Map<Micros, SignalRecord>>> {
  const found = new Map<string, Map<Micros, SignalRecord>>()
  for await (const records of readAll(streams, topic))
    for (const { value } of records) {
      const signal = decodeSignal(value.toString())
      if (signal === null || signal.start < from) continue
      const own = found.get(signal.product) ?? new Map<Micros, SignalRecord>()
      found.set(signal.product, own)
      own.set(signal.start, signal)
    }
  return found
}
