import type { MarketEvent } from '../events/event.ts'

/** What JSON holds and gives back to the bit. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * A number that is folded from a stream. Pure: the same inputs in the same order give the same bits, and one that goes on from
 * a state gives what the former one would have given.
 * @example
 * const average = movingAverage(20).make()
 * for (const candle of candles) average.push(candle) // null nineteen times, then the mean of the last twenty closes
 */
export interface Indicator<In, Out> {
  readonly name: string
  /** Kinds of events that it is made of. */
  readonly reads: readonly (MarketEvent['type'] | 'candle')[]
  /** So many inputs in a row are needed for a value. */
  readonly needs: number
  make(): RunningIndicator<In, Out>
}

/** An indicator of one stream on its way. */
export interface RunningIndicator<In, Out> {
  /** Takes in the next input. @returns null while there is no value. */
  push(input: In): Out | null
  /** Forgets everything, as where inputs are missing. */
  reset(): void
  state(): Json
  /** Goes on where a former one stood. @param state as that one gave it, through JSON. */
  restore(state: Json): void
}
