/**
 * Windows are folded from panes: stretches aligned to the epoch. A window is what has passed of the present pane (folded
 * forward, second by second), the whole panes before it, and the end of the pane in which it begins. That end, like a whole
 * pane, is one entry of a column that is filled from the pane's end back when the pane is over. So a fold is the same
 * function of the same bars whenever it is done, and no sum outlives its pane. After the block prefixes and suffixes of
 * van Herk (1992) and Gil, Werman (1993), for any fold instead of the maximum.
 */

/** Where a window stands in the columns of a history: indices, the newest second last. */
export interface Window {
  /** Index of the newest second. */
  at: number
  /** First index of the session. */
  start: number
  /** Second at which the bar at `at` ends. */
  time: number
}

/** What a window is folded by. */
export interface Fold {
  /** Length of a pane in seconds. */
  readonly pane: number
  /** What it keeps of each second, beside the columns of the history. */
  readonly columns: Float64Array[]
  /** Takes in the newest second; its column must be filled. */
  extend(window: Window): void
}

/** Seconds of the present pane that have passed: 1 … `pane`. */
export function passedOf(time: number, pane: number): number {
  return ((time - 1) % pane) + 1
}

/**
 * Folds the present pane again from its first second on, so that nothing is left of a second after `at`. What such a second
 * left in the columns of a pane that it ended is written anew when the pane ends again, and not read before.
 */
export function foldAgain(fold: Fold, { at, start, time }: Window): void {
  const first = Math.max(start, at - passedOf(time, fold.pane) + 1)
  for (let index = first; index <= at; index++) fold.extend({ at: index, start, time: time - (at - index) })
}
