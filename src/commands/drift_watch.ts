import { setTimeout as delay } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import type { DriftReport } from '../monitor/report/drift_report.ts'

/**
 * Compares again and again until told to stop, a line each time; too few rows yet, or a topic that is away, is a line too.
 * @param write makes one report of the rows that are the newest then.
 * @throws SpikeError of what another try cannot mend.
 */
export async function watchDrift(everyS: number, stop: AbortSignal, write: () => Promise<DriftReport>): Promise<void> {
  while (!stop.aborted) {
    try {
      const { simulated, advice, current } = await write()
      console.log(`${simulated ? 'simulated data: ' : ''}${current.to}: ${advice.text} ${advice.why}`)
    } catch (error) {
      if (!(error instanceof SpikeError && (error.retriable || passing.has(error.code)))) throw error
      console.error(`drift: ${error.message}; it is tried again in ${everyS} s`)
    }
    await delay(1000 * everyS, undefined, { signal: stop }).catch(() => {})
  }
}

/** Of rows that are too few yet, or a topic that is not made yet. */
const passing = new Set(['BAD_TABLE', 'TOO_FEW_ROWS', 'TOPIC_UNKNOWN'])
