import type { Micros } from '../core/events/event.ts'
import { createRandom } from './random.ts'

/**
 * What goes wrong, in market time. A drop ends the connection at `at`, and nothing from `at` to `until` is ever served:
 * `close` with a closing handshake, `abrupt` without, `silent` leaves the socket open and says nothing more. A loss uses
 * up the number of the first frame from `at` on without sending it.
 */
export type ConnectionFault =
  | { kind: 'drop'; at: Micros; until: Micros; manner: 'close' | 'abrupt' | 'silent' }
  | { kind: 'loss'; at: Micros }

const dropEvery_s = 2900
const lossEvery_s = 830

/** Faults of a stretch of market time, by time: about five drops of seconds to a minute and seventeen lost frames in 4 hours. */
export function scheduleFaults(seed: number, from: Micros, hours: number): ConnectionFault[] {
  const random = createRandom(seed, 'faults')
  const seconds = hours * 3600
  const micros = (s: number) => from + Math.round(s * 1_000_000)
  const drops: ConnectionFault[] = []
  for (let start = 0; start + dropEvery_s <= seconds; start += dropEvery_s) {
    const at = micros(start + dropEvery_s * (0.15 + 0.7 * random.uniform()))
    const outage_s = Math.min(60, 3 + random.exponential(9))
    const manner = random.uniform() < 0.5 ? 'close' : 'abrupt'
    drops.push({ kind: 'drop', at, until: at + Math.round(outage_s * 1_000_000), manner })
  }
  const losses: ConnectionFault[] = []
  for (let start = 0; start + lossEvery_s <= seconds; start += lossEvery_s)
    losses.push({ kind: 'loss', at: micros(start + lossEvery_s * (0.05 + 0.9 * random.uniform())) })
  return [...drops, ...losses].sort((a, b) => a.at - b.at)
}
