import type { Config } from '../../config.ts'
import type { Micros } from '../../core/events/event.ts'
import { readEvents } from '../../market/decode/events.ts'
import { holdsTradeLines, readTradeLines } from '../../market/trade_lines.ts'

/**
 * The events of saved data, unchecked where they come from files of trades, one a line: those first, in the order given, then
 * bronze and captures together.
 * @param onDead is told of each frame that could not be read, with the time of its receipt where that is known.
 * @throws SpikeError as `readEvents`.
 */
export async function* readTrades(
  paths: string[],
  config: Config,
  onDead: (received_at: Micros | null) => void = () => {},
): AsyncGenerator<unknown[]> {
  const frames: string[] = []
  const lines: string[] = []
  for (const path of paths) ((await holdsTradeLines(path)) ? lines : frames).push(path)
  for (const path of lines) yield* readTradeLines(path)
  if (frames.length === 0) return
  for await (const { events, dead } of readEvents(frames, config)) {
    yield events
    for (const { received_at } of dead) onDead(received_at)
  }
}
