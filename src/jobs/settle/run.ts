import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { SpikeError } from '../../errors.ts'
import type { LiveScore } from '../../monitor/settle.ts'
import { touchHealth } from '../../operations/health.ts'
import { gauge, type Metric } from '../../operations/metrics.ts'
import { openSettling, type SettleTopicsOptions } from './topics.ts'

/** What a running settlement shows of itself; it writes, others read. */
export interface SettleStatus {
  /** Why it cannot read; null while it can. */
  fault: string | null
  /** `performance.now()` of the loop's last turn. */
  turnedAt: number
  skipped: number
  scores: LiveScore[]
}

export interface SettleLiveOptions extends SettleTopicsOptions {
  stop: AbortSignal
  /** Seconds between two scores. */
  every: number
  status: SettleStatus
  log: Logger
}

const pollMs = 200
const pauseMs = 2000

/** Keeps settling until the signal and scores anew every so many seconds. Holds no position: a start reads both topics again. */
export async function settleLive(options: SettleLiveOptions): Promise<void> {
  const { stop, every, status, log } = options
  const settling = await openSettling(options)
  let scoredAt = Number.NEGATIVE_INFINITY
  try {
    while (!stop.aborted) {
      status.turnedAt = performance.now()
      touchHealth()
      try {
        await settling.advance(pollMs)
        status.fault = null
      } catch (error) {
        if (!(error instanceof SpikeError && error.retriable)) throw error
        status.fault = error.message
        log.warn({ code: error.code, reason: error.message, pause_ms: pauseMs }, 'tries again')
        await delay(pauseMs, undefined, { signal: stop }).catch(() => {})
      }
      if (performance.now() - scoredAt < 1000 * every) continue
      scoredAt = performance.now()
      status.scores = settling.settlement.scores()
      status.skipped = settling.skipped
      for (const score of status.scores) log.info(score, 'settled')
    }
  } finally {
    await settling.close()
  }
}

/** Metrics of a running settlement: the latest scores by model; what is undefined is left out. */
export function settleMetrics({ scores, skipped }: SettleStatus): Metric[] {
  const of = (name: keyof LiveScore, help: string): Metric =>
    gauge(
      `settle_${name}`,
      help,
      ...scores.flatMap(score =>
        score[name] === null ? [] : [{ labels: { model: score.model }, value: score[name] as number }],
      ),
    )
  return [
    of('settled', 'Predictions that are scored: the latest whose label has come.'),
    of('waiting', 'Predictions whose label has not come.'),
    of('prevalence', 'Share of spikes among them: what a score without knowledge gets as PR-AUC.'),
    of('pr_auc', 'Average precision over them.'),
    of('brier', 'Brier score over them.'),
    of('ece', 'Expected calibration error over them.'),
    of('alarms', 'Alarms among them.'),
    gauge('settle_skipped', 'Records that are neither predictions nor labels.', skipped),
  ]
}
