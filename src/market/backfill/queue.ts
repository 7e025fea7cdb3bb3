import { isoTime } from '../../core/math/time.ts'
import type { OpenGap } from '../decode/open_gaps.ts'
import { type Asking, pause } from './ask_patiently.ts'
import { fillGap } from './fill_gap.ts'

/** What is to be asked for, by the exchange's own name, and how. */
export interface BackfillTask extends Omit<OpenGap, 'feed'> {
  fill: typeof fillGap
  /** Told why not all came. */
  fail?(reason: string): void
}

const waitingLimit = 200

/** Asks for one thing after the other; what fails is told and left. */
export class BackfillQueue {
  private readonly asking: Asking
  private readonly waiting: BackfillTask[] = []
  private working: Promise<void> | null = null
  private closed = false

  constructor(asking: Asking) {
    this.asking = asking
  }

  add(task: BackfillTask): void {
    if (this.closed) return
    if (this.waiting.length >= waitingLimit) this.giveUp(this.waiting.shift()!, `more than ${waitingLimit} wait`)
    this.waiting.push(task)
    this.working ??= this.work()
      .catch(error => this.asking.log.error({ reason: (error as Error).message }, 'back-fill has ended'))
      .finally(() => {
        this.working = null
      })
  }

  /** Until all that waits was asked for; takes no more. */
  async close(): Promise<void> {
    this.closed = true
    await this.working
  }

  private async work(): Promise<void> {
    const { pace, signal, stamp } = this.asking
    for (let task = this.waiting.shift(); task !== undefined; task = this.waiting.shift()) {
      const ageMs = (stamp('') - task.received_at) / 1000
      await pause(Math.max(0, pace.settle - ageMs), signal)
      const fault = signal.aborted ? 'stopped' : await task.fill(task, this.asking)
      if (fault !== null) this.giveUp(task, fault)
    }
  }

  private giveUp({ product, from, to, fill, fail }: BackfillTask, reason: string): void {
    const { counts, log } = this.asking
    counts.failed++
    const what = fill === fillGap ? 'a gap is not filled in' : 'candles of the time before are missing'
    log.warn({ product, from: isoTime(from), to: isoTime(to), reason }, what)
    fail?.(reason)
  }
}
