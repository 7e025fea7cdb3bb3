import { writeSync } from 'node:fs'
import yoctoSpinner from 'yocto-spinner'

/** What is being done; where known, how many pieces of how many are behind it, and since when it has been done (`performance.now()`). */
export type Say = (what: string, done?: number, of?: number, since?: number) => void

const tickMs = 100
/** Before so long nothing is said of what is left. */
const soonMs = 1000
const showCursor = '\x1b[?25h'

/**
 * Shows on a terminal's standard error what `work` is doing, of how much, for how long and how long it will still take; whatever is
 * printed meanwhile stands above it. Nothing is shown elsewhere, or when it is not wanted. Ctrl-C stays the work's own affair.
 * @example
 * await withProgress(!json, async say => { for (const [i, file] of files.entries()) { say(file, i, files.length); await read(file) } })
 */
export async function withProgress<T>(isWanted: boolean, work: (say: Say) => Promise<T>): Promise<T> {
  const { stderr, env } = process
  if (!isWanted || !stderr.isTTY || env.TERM === 'dumb' || 'CI' in env) return await work(() => {})
  const spinner = yoctoSpinner({ stream: stderr, handleSignals: false })
  const clock = new ProgressClock(performance.now())
  let [shown, shownAt] = ['', 0]
  const draw = (): void => {
    shownAt = performance.now()
    const text = clock.tell(shownAt).slice(0, (stderr.columns || 80) - 3)
    if (spinner.isSpinning) spinner.text = text
    else {
      spinner.start(text)
      // A kill in the middle of a fit would leave the terminal without a cursor.
      writeSync(2, showCursor)
    }
  }
  const ticking = setInterval(() => clock.begun && draw(), 10 * tickMs).unref()
  try {
    return await work((what, done, of, since) => {
      const now = performance.now()
      clock.say(now, what, done, of, since)
      if (what !== shown || now - shownAt >= tickMs) draw()
      shown = what
    })
  } finally {
    clearInterval(ticking)
    spinner.stop()
  }
}

/** Where some work stands, in words. Times in ms, of any clock that goes on. */
export class ProgressClock {
  #start: number
  #phaseStart = 0
  #what = ''
  #done: number | undefined
  #of: number | undefined

  constructor(start: number) {
    this.#start = start
  }

  get begun(): boolean {
    return this.#what !== ''
  }

  /** Another total, or fewer done than before, is another piece of work: what is left is reckoned from there, or from `since`. */
  say(now: number, what: string, done?: number, of?: number, since?: number): void {
    if (since !== undefined) this.#phaseStart = since
    else if (of !== undefined && (of !== this.#of || (done ?? 0) < (this.#done ?? 0))) this.#phaseStart = now
    this.#what = what
    this.#done = done
    this.#of = of
  }

  /** `fitting ridge, 3 of 9 · 12 s, about 24 s left`; of large totals the share. */
  tell(now: number): string {
    const [done, of] = [this.#done, this.#of]
    const much = done === undefined ? '' : of === undefined ? `, ${count(done)}` : `, ${shareOf(done, of)}`
    return `${this.#what}${much} · ${duration(now - this.#start)}${this.#left(now)}`
  }

  #left(now: number): string {
    const [done = 0, of] = [this.#done, this.#of]
    const since = now - this.#phaseStart
    if (of === undefined || done <= 0 || since < soonMs) return ''
    return `, about ${duration((since / done) * Math.max(0, of - done))} left`
  }
}

const mostCounted = 1000

function shareOf(done: number, of: number): string {
  return of > mostCounted ? `${Math.floor((100 * done) / of)} %` : `${done} of ${of}`
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
