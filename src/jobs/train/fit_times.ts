import { fitting } from '../../core/models/recipes/all.ts'
import type { Tell } from '../../core/models/tell.ts'
import type { Stretch } from '../../tracking/train_runs.ts'

/** Takes down when each recipe was fitted, from what the training tells: the pure code has no clock. */
export class FitTimes {
  readonly fits: Stretch[] = []

  /** A fit ends where the next one begins, or all are done. */
  readonly note: Tell = (what, done, of) => {
    if (what !== fitting) return
    const now = Date.now()
    const last = this.fits.at(-1)
    if (last) last.ended_at = now
    if (done !== of) this.fits.push({ started_at: now, ended_at: now })
  }
}
