import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import type { Micros } from '../../core/events/event.ts'
import { type Tick, tickOf } from '../../core/indicators/windows/tick.ts'
import { Trend, type TrendRow } from '../../core/indicators/windows/trend.ts'
import { SpikeError } from '../../errors.ts'
import type { Position, Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { readTrades } from './read_trades.ts'

/** One table: the minutes as they stood at a time. */
export interface TrendTable {
  /** From 0. */
  run: number
  /** Seconds since the epoch; null where it is to be that of a trade, and there is none yet. */
  now: number | null
  rows: TrendRow[]
}

export interface TrendTimes {
  times: number
  /** Seconds. */
  every: number
  /** Of the first table, in microseconds; the highest time of a trade by then when null. */
  now: Micros | null
}

/** The trades that a trend has taken in, and what it left out. */
export class TrendInput {
  readonly trend = new Trend()
  highest: Micros = Number.NEGATIVE_INFINITY
  trades = 0
  /** Records that are no trade, trades without a price among them. */
  dropped = 0

  take(event: unknown): void {
    const tick = event === undefined ? 'not_json' : tickOf(event)
    if (typeof tick === 'string') this.dropped++
    else if (isTrade(tick)) {
      this.trend.push(tick)
      this.trades++
      if (tick.time > this.highest) this.highest = tick.time
    }
  }
}

const isTrade = (tick: ReturnType<typeof tickOf>): tick is Tick => Object(tick).source === 'trades'

/** Tables of saved data, all of it taken in before the first. @throws SpikeError as `readTrades`; BAD_FILE where there is no trade. */
export async function trendOfFiles(
  paths: string[],
  config: Config,
  { times, every, now }: TrendTimes,
): Promise<TrendTable[]> {
  const input = new TrendInput()
  for await (const events of readTrades(paths, config)) for (const event of events) input.take(event)
  if (input.trades === 0)
    throw new SpikeError(
      'BAD_FILE',
      `${paths.join(', ')}: holds no trade (${input.dropped} that are none); name files that do`,
    )
  const first = now ?? input.highest
  return Array.from({ length: times }, (_, run) => tableOf(input, run, first + run * every * 1e6))
}

/**
 * Tables of a topic of market events, one each so many seconds of this machine, each of all that is there by then.
 * @throws SpikeError as `Streams.reader`.
 */
export async function* followTrend(
  streams: Streams,
  topic: string,
  { times, every, now }: TrendTimes,
  stop: AbortSignal,
): AsyncGenerator<TrendTable> {
  const input = new TrendInput()
  const next = new Map<number, Position>()
  for (let run = 0; run < times && !stop.aborted; run++) {
    for await (const records of readAll(streams, topic, [...next.values()]))
      for (const { partition, offset, value } of records) {
        input.take(parse(value.toString()))
        next.set(partition, { topic, partition, offset: offset + 1 })
      }
    yield tableOf(input, run, now === null ? input.highest : now + run * every * 1e6)
    if (run + 1 < times) await delay(1000 * every, undefined, { signal: stop }).catch(() => {})
  }
}

function tableOf({ trend }: TrendInput, run: number, now: Micros): TrendTable {
  return { run, now: Number.isFinite(now) ? now / 1e6 : null, rows: trend.table(now) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
