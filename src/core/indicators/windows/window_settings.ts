import type { Micros } from '../../events/event.ts'

/** A set of sliding windows [start, end), start a multiple of the slide since the epoch. Whole seconds. */
export interface WindowSettings {
  length_s: number
  /** Divides the length. */
  slide_s: number
  /** The watermark stays so far behind the highest time of a product. */
  lateness_s: number
}

/** When revisions are given, in event time, seconds. */
export interface RevisionSettings {
  /** A window is first given so long after its end. */
  lag_s: number
  /** And again, where it has changed, at most so often. */
  revise_s: number
}

/** Settings in microseconds, and the width of a pane: windows are made of whole panes, and returns are of 10 s where these fit. */
export interface WindowSteps {
  length: Micros
  slide: Micros
  lateness: Micros
  lag: Micros
  revise: Micros
  pane: Micros
}

const returnPane = 10

export function windowSteps(settings: WindowSettings & RevisionSettings): WindowSteps {
  const { length_s, slide_s, lateness_s, lag_s, revise_s } = settings
  return {
    length: 1e6 * length_s,
    slide: 1e6 * slide_s,
    lateness: 1e6 * lateness_s,
    lag: 1e6 * lag_s,
    revise: 1e6 * revise_s,
    pane: 1e6 * commonDivisor(slide_s, returnPane),
  }
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
