import { maximum } from '../../core/math/extremes.ts'
import { basisPoints, percent } from '../numbers.ts'
import { type Shown, showTable, showText } from './show.ts'
import type { TauChoice } from './tau_choice.ts'

/** A table before it is set: in Markdown, in a notebook, on a page. */
export interface Cells {
  header: string[]
  rows: string[][]
  /** Columns, by place, that are aligned to the right. */
  right: number[]
}

/** Each candidate for tau: its level, how far one block moves it, how many spikes and episodes a segment would have. */
export function compareCandidates({ candidates, chosen }: TauChoice): Cells {
  const byProduct = candidates.toSorted((a, b) => a.product.localeCompare(b.product) || a.percentile - b.percentile)
  return {
    header: ['Product', 'Percentile', 'tau', 'tau without one block', 'Quiet blocks', 'Train', 'Validation', 'Test'],
    rows: byProduct.map(({ product, percentile, tau, low, high, blocks, quiet_blocks, segments }) => {
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
    right: [2, 3, 4, 5, 6, 7],
  }
}

/** What the candidates say about the choice, a line each in Markdown, from their own numbers. */
export function weighCandidates({ candidates, chosen, block_s, without_training }: TauChoice): string[] {
  const line = (percentile: number): string => {
    const own = candidates.filter(candidate => candidate.percentile === percentile)
    const sum = (of: (one: (typeof own)[number]) => number): number => own.reduce((total, one) => total + of(one), 0)
    const moves = maximum(own.map(({ tau, low, high }) => Math.max(1 - low / tau, high / tau - 1)))
    return `**P${percentile}**${percentile === chosen ? ' (chosen)' : ''}: ${sum(one => one.segments.train.episodes)} episodes to learn from; ${sum(one => one.quiet_blocks)} of ${sum(one => one.blocks)} training blocks of ${block_s / 60} min have no spike; leaving out one block moves tau by up to ${percent(moves, 0)}.`
  }
  const lines = [...new Set(candidates.map(({ percentile }) => percentile))].map(line)
  return [...lines, ...without_training.map(product => `${product} has no rows in training: no tau, and no labels.`)]
}

/** `compareCandidates` in a notebook. */
export function tauTable(choice: TauChoice): Shown {
  const { header, rows, right } = compareCandidates(choice)
  return showTable(header, rows, right)
}

/** `weighCandidates` in a notebook. */
export function tauVerdict(choice: TauChoice): Shown {
  return showText(
    weighCandidates(choice)
      .map(line => `* ${line}`)
      .join('\n'),
  )
}
