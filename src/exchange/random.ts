import { cos, log } from '../core/math/numeric.ts'

/** Seeded random numbers; the same (seed, stream) gives the same numbers on every engine. */
export interface Random {
  /** In (0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
  exponential(mean: number): number
  /** Whole number in [0, below). */
  whole(below: number): number
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded from an FNV-1a hash of the stream's name.
 * @param stream names what the numbers are for, so that a new use does not shift the numbers of another.
 */
export function createRandom(seed: number, stream: string): Random {
  let a = seed | 0
  let b = Math.floor(seed / 0x1_0000_0000) | 0
  let c = hash(stream)
  let counter = 1

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) next()

  const uniform = () => (next() + 0.5) / 0x1_0000_0000
  return {
    uniform,
    normal: () => Math.sqrt(-2 * log(uniform())) * cos(2 * Math.PI * uniform()),
    exponential: mean => -mean * log(uniform()),
    whole: below => Math.floor(uniform() * below),
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value | 0
}
