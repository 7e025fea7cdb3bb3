import type { Logger } from 'pino'
import type { Publisher } from '../../market/publisher.ts'
import { touchHealth } from '../../operations/health.ts'
import type { IngestStatus } from './status.ts'

const beatMs = 1000
const backlogMs = 10_000

/**
 * While a job runs: says every second that its loop goes round (a stuck disk stops that, too: bronze is written in the
 * loop), and loudly when nothing was published for a while though there is something to publish.
 * @param onFault the health file cannot be written.
 * @returns ends it.
 */
export function watchIngest(
  status: IngestStatus,
  publisher: Publisher,
  log: Logger,
  onFault: (error: unknown) => void,
): () => void {
  function beat(): void {
    status.turnedAt = performance.now()
    try {
      touchHealth()
    } catch (error) {
      onFault(error)
    }
  }

  let before = -1
  function look(): void {
    const { records } = publisher.published
    const backlog_bytes = publisher.backlogBytes()
    if (records === before && backlog_bytes > 0) {
      if (status.fault?.records !== records)
        status.fault = { reason: `nothing taken for ${backlogMs / 1000} s`, records }
      log.warn({ backlog_bytes, for_ms: backlogMs }, 'not published; bronze keeps it')
    }
    before = records
  }

  beat()
  const timers = [setInterval(beat, beatMs), setInterval(look, backlogMs)]
  return () => timers.forEach(clearInterval)
}
