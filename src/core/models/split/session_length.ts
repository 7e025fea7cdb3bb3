import type { Config } from '../../../config.ts'
import { horizonSeconds } from '../../features/label.ts'
import { leastEpisodes } from './segment.ts'
import { leastRows } from './split.ts'

/** What the length of a recording is good for, before anything is computed of it; all in seconds or rows of all products. */
export interface SessionLength {
  seconds: number
  products: number
  rows: number
  labels: number
  test_rows: number
  /** Spike episodes to be expected in what the walk-forward judges, and in the test segment. */
  walk_episodes: number
  test_episodes: number
  /** How many more seconds it takes to train at all; until the walk-forward, and until the test segment, can be judged; 0 if none. */
  to_train: number
  to_walk: number
  to_test: number
}

/** Of a product, at tau = P90: 43 in 19,606 labelled seconds of five Coinbase captures, 2026-11-21. */
const episodesPerSecond = 43 / 19_606

/** An expectation: markets are more and less lively, and a row without a mid is missing. */
export function goodFor(
  { seconds, products }: Pick<SessionLength, 'seconds' | 'products'>,
  { split, walk_forward }: Pick<Config, 'split' | 'walk_forward'>,
): SessionLength {
  const labelled = Math.max(0, seconds - horizonSeconds)
  const reach = horizonSeconds + split.embargo_s
  const testShare = 1 - split.train - split.validation
  const walkShare = 1 - walk_forward.first
  const episodes = (share: number): number => labelled * share * products * episodesPerSecond
  /** Length with which such a share of the labelled seconds holds enough episodes. */
  const enough = (share: number): number =>
    horizonSeconds + Math.ceil(leastEpisodes / (share * products * episodesPerSecond))
  const trains = horizonSeconds + Math.ceil(Math.max(leastRows / products, (reach + 1) / split.train))
  const more = (needed: number): number => Math.max(0, Math.max(needed, trains) - seconds)
  return {
    ...{ seconds, products, rows: seconds * products, labels: labelled * products },
    test_rows: Math.round(labelled * testShare) * products,
    walk_episodes: episodes(walkShare),
    test_episodes: episodes(testShare),
    to_train: more(trains),
    to_walk: more(enough(walkShare)),
    to_test: more(enough(testShare)),
  }
}
