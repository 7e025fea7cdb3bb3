import { basisPoints, percent } from '../numbers.ts'
import { type Shown, showTable, showText } from './show.ts'
import type { TauChoice } from './tau_choice.ts'

/** Each candidate for tau: its level, how far one block moves it, how many spikes and episodes a segment would have. */
export function tauTable({ candidates, chosen }: TauChoice): Shown {
  const byProduct = candidates.toSorted((a, b) => a.product.localeCompare(b.product) || a.percentile - b.percentile)
  return showTable(
    ['Product', 'Percentile', 'tau', 'tau without one block', 'Quiet blocks', 'Train', 'Validation', 'Test'],
    byProduct.map(({ product, percentile, tau, low, high, blocks, quiet_blocks, segments }) => {
      const segment = ({ prevalence, episodes }: typeof segments.train): string =>
        prevalence === null ? '–' : `${percent(prevalence)}, ${episodes} episode${episodes === 1 ? '' : 's'}`
      return [
        product,
        percentile === chosen ? `**P${percentile}**` : `P${percentile}`,
        basisPoints(tau),
        `${percent(low / tau - 1, 0)} to +${percent(high / tau - 1, 0)}`,
        `${quiet_blocks} of ${blocks}`,
        segment(segments.train),
        segment(segments.validation),
        segment(segments.test),
      ]
    }),
    [2, 3, 4, 5, 6, 7],
  )
}

/** What the table of candidates says about the choice, from its own numbers. */
export function tauVerdict({ candidates, chosen, block_s, without_training }: TauChoice): Shown {
  const line = (percentile: number): string => {
    const own = candidates.filter(candidate => candidate.percentile === percentile)
    const sum = (of: (one: (typeof own)[number]) => number): number => own.reduce((total, one) => total + of(one), 0)
    const moves = Math.max(...own.map(({ tau, low, high }) => Math.max(1 - low / tau, high / tau - 1)))
    return `* **P${percentile}**${percentile === chosen ? ' (chosen)' : ''}: ${sum(one => one.segments.train.episodes)} episodes to learn from; ${sum(one => one.quiet_blocks)} of ${sum(one => one.blocks)} training blocks of ${block_s / 60} min have no spike; leaving out one block moves tau by up to ${percent(moves, 0)}.`
  }
  const lines = [...new Set(candidates.map(({ percentile }) => percentile))].map(line)
  const missing = without_training.map(product => `* ${product} has no rows in training: no tau, and no labels.`)
  return showText([...lines, ...missing].join('\n'))
}
