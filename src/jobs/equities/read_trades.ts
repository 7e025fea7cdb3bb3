import { z } from 'zod'
import type { TradeValues } from '../../core/indicators/trade_values.ts'
import { readRaw } from '../../market/bronze/raw.ts'
import { type LeftOut, leaveOut } from '../../market/decode/left_out.ts'
import { polygon } from '../../market/feeds/polygon.ts'
import { simulatedOf } from '../../market/feeds/simulated.ts'

export interface TickerTrade extends TradeValues {
  ticker: string
  /** The tape's own number, rising but not contiguous; NaN where the frame has none. */
  q: number
  /** What keeps it out of last price or volume, by its conditions; null where nothing does. */
  flags: string | null
}

const simulatedTwin = simulatedOf(polygon).name
const numbered = z.object({ q: z.number() })

/**
 * The trades in saved frames of Polygon (Massive), of every ticker, in the order of the file. A trade that came twice counts once;
 * one that came after a later one of its ticker is left out, since sums run in the order of time.
 * @param onSimulated is told of each frame of the simulated exchange that speaks as Polygon does.
 * @param leftOut is told of everything that gave no trade, by reason and with the first place.
 * @throws SpikeError as `readRaw`.
 */
export async function* readTrades(
  paths: string[],
  leftOut: LeftOut,
  onSimulated: () => void = () => {},
): AsyncGenerator<TickerTrade> {
  const seen = new Set<string>()
  const last = new Map<string, number>()
  for await (const { feed, frame, dead, file, line } of readRaw(paths)) {
    const where = `${file}:${line}`
    if (dead !== undefined) leaveOut(leftOut, dead, where)
    if (frame === undefined) continue
    if (feed !== polygon.name && feed !== simulatedTwin) {
      leaveOut(leftOut, `frame of ${feed}`, where)
      continue
    }
    if (feed === simulatedTwin) onSimulated()
    const { events, faults, other } = polygon.read(frame)
    for (const { reason, count } of faults) leaveOut(leftOut, reason, where, count)
    if (other !== null) leaveOut(leftOut, other, where)
    for (const event of events) {
      if (event.type !== 'trade') leaveOut(leftOut, event.type, where)
      else if (seen.has(`${event.product} ${event.id}`)) leaveOut(leftOut, 'repeated trade', where)
      else if (event.time < (last.get(event.product) ?? 0)) leaveOut(leftOut, 'trade before an earlier one', where)
      else {
        seen.add(`${event.product} ${event.id}`)
        last.set(event.product, event.time)
        const q = numbered.safeParse((frame as unknown[])[event.index]).data?.q ?? Number.NaN
        const [price, size] = [Number(event.price), Number(event.size)]
        yield { ticker: event.product, time: event.time, price, size, q, flags: event.flags?.join(' ') ?? null }
      }
    }
  }
}
