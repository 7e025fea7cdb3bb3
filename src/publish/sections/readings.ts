import { maximum, minimum } from '../../core/math/extremes.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import type { WalkForward } from '../../core/models/judge/walk_forward.ts'
import type { WithinChance } from '../../core/models/metrics/within_block.ts'
import { type Comparison, compareWithBaselines, usableWalkForward } from '../headline.ts'
import { inSentence, percent, score } from '../numbers.ts'

/** What a walk-forward says and what it does not, a sentence a line, from its own numbers. */
export function readWalkForward(evaluation: Evaluation): string[] {
  const { walk_forward: walk } = evaluation
  const walked = usableWalkForward(evaluation)
  if (walk === null) return []
  if (!walked)
    return [
      `Its blocks hold ${walk.positives} spikes in ${walk.episodes} episodes: too few for a verdict, so the figures are shown and not leant on.`,
    ]
  const { lead } = walked
  const pooled = compareWithBaselines(lead, walk)
  return [
    ...(pooled ? [overBaseline(pooled)] : []),
    ...timing(lead, walk.within_chance),
    drift(walk),
    `${walk.bootstrap.samples} resamples of ${walk.bootstrap.block_s}-second blocks inside days, products moved together. They leave out that another day may be of another kind and that a fit could have come out otherwise${evaluation.simulated ? '' : '; the recipe was settled after variants had been seen on captures, which flatters it there'}. The intervals are too narrow.`,
  ]
}

function timing({ title, within_top10, within_top25 }: JudgedModel, chance: WithinChance): string[] {
  if (within_top10 === null || chance === null) return []
  return [
    `Level or timing: inside blocks, where knowing the loud stretch does not help, ${inSentence(title)} finds the loudest 10 % with an average precision of ${score(within_top10)} where chance has ${score(chance.top10)} (25 %: ${score(within_top25)} and ${score(chance.top25)}). ${within_top10 < 1.2 * chance.top10 ? 'That is close to chance: its score is mostly knowledge of the level.' : 'So part of its score is timing.'}`,
  ]
}

function overBaseline({ standing, baseline, ratio }: Comparison): string {
  const name = inSentence(baseline)
  if (standing === 'behind') return `The hardest baseline, ${name}, is not beaten.`
  if (ratio === null)
    return `The hardest baseline is ${name}; it was not resampled together with the recipe, so only the two intervals can be compared.`
  return standing === 'beats'
    ? `The paired interval against ${name} lies above 1: the lead is more than luck inside these hours.`
    : `The paired interval against ${name} reaches below 1: on these hours alone the lead can be luck.`
}

function drift({ folds, tau_fixed }: WalkForward): string {
  const shares = folds.map(({ prevalence }) => prevalence)
  const products = new Set(folds.flatMap(({ tau }) => Object.keys(tau)))
  const moves = [...products].map(product => {
    const taus = folds.flatMap(({ tau }) => (product in tau ? [tau[product]] : []))
    return `${product} by a factor of ${(maximum(taus) / minimum(taus)).toFixed(2)}`
  })
  return `From block to block prevalence runs from ${percent(minimum(shares))} to ${percent(maximum(shares))}, ${tau_fixed ? 'under one fixed tau' : `although tau is set anew each time (it moved for ${moves.join(', for ')})`}: the next block is often not like the past.`
}
