import type { Micros } from '../../events/event.ts'

/** Plain JSON. */
export interface DeadShareState {
  step: number | null
  letterStep: number | null
  /** First step, and how many events in it and in each one after it. */
  events: [first: number, ...counts: number[]]
  letters: [step: number, count: number][]
  waiting: [step: number, count: number][]
}

/** Takes the share in per cent, and the end of the span in seconds. */
type Look = (percent: number, end: number) => void

/** The span moves on by a fifth of itself. */
const stepsOfSpan = 5
/** So many steps of events are remembered, a day where the span is five minutes: letters that come later say nothing. */
const keptSteps = 1440

/**
 * The share of dead letters among all that came over a span. Events and letters have a clock each, its highest time, so that
 * it does not matter which are read first: a letter is judged when the events have passed its step.
 */
export class DeadShare {
  private readonly width: Micros
  private readonly events = new Map<number, number>()
  private readonly letters = new Map<number, number>()
  /** Letters of steps that the events have not passed. */
  private readonly waiting = new Map<number, number>()
  private step = Number.NEGATIVE_INFINITY
  private letterStep = Number.NEGATIVE_INFINITY

  constructor(span_s: number) {
    this.width = (1e6 * span_s) / stepsOfSpan
  }

  /** @param look is called for each letter that waited and can be judged now. */
  takeEvent(time: Micros, look: Look): void {
    const step = Math.max(this.step, Math.floor(time / this.width))
    if (step > this.step) {
      this.step = step
      for (const [at, count] of this.waiting) {
        if (at >= step) continue
        this.waiting.delete(at)
        for (let i = 0; i < count; i++) this.judge(at, look)
      }
      this.forget()
    }
    this.events.set(step, (this.events.get(step) ?? 0) + 1)
  }

  /** @param look is called where it can be judged. */
  takeLetter(time: Micros, look: Look): void {
    const step = Math.max(this.letterStep, Math.floor(time / this.width))
    if (step > this.letterStep) {
      this.letterStep = step
      this.forget()
    }
    if (step < this.step) this.judge(step, look)
    else this.waiting.set(step, (this.waiting.get(step) ?? 0) + 1)
  }

  state(): DeadShareState {
    const finite = (step: number): number | null => (Number.isFinite(step) ? step : null)
    const steps = [...this.events.keys()]
    const events: DeadShareState['events'] = [steps[0] ?? 0]
    for (let at = steps[0]; at <= this.step; at++) events.push(this.events.get(at) ?? 0)
    return {
      ...{ step: finite(this.step), letterStep: finite(this.letterStep), events },
      ...{ letters: [...this.letters], waiting: [...this.waiting] },
    }
  }

  restore({ step, letterStep, events, letters, waiting }: DeadShareState): void {
    this.step = step ?? Number.NEGATIVE_INFINITY
    this.letterStep = letterStep ?? Number.NEGATIVE_INFINITY
    const [first, ...counts] = events
    for (const [i, count] of counts.entries()) if (count > 0) this.events.set(first + i, count)
    for (const [at, count] of letters) this.letters.set(at, count)
    for (const [at, count] of waiting) this.waiting.set(at, count)
  }

  /** What no letter to come will ask for. */
  private forget(): void {
    dropBefore(this.waiting, this.letterStep - keptSteps)
    let asked = this.letterStep
    for (const at of this.waiting.keys()) asked = Math.min(asked, at)
    dropBefore(this.letters, asked - stepsOfSpan)
    dropBefore(this.events, Math.max(asked - stepsOfSpan, this.step - keptSteps))
  }

  private judge(step: number, look: Look): void {
    this.letters.set(step, (this.letters.get(step) ?? 0) + 1)
    let [events, dead] = [0, 0]
    for (let at = step - stepsOfSpan + 1; at <= step; at++) {
      events += this.events.get(at) ?? 0
      dead += this.letters.get(at) ?? 0
    }
    look((100 * dead) / (dead + events), ((step + 1) * this.width) / 1e6)
  }
}

function dropBefore(counts: Map<number, number>, step: number): void {
  for (const at of counts.keys()) if (at < step) counts.delete(at)
}
