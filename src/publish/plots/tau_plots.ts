import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { Exploration } from '../eda/explore.ts'
import type { TauChoice } from '../eda/tau_choice.ts'
import { plotSpikeShareOverTime } from './eda/spike_share_over_time.ts'
import { plotTauCandidates } from './eda/tau_candidates.ts'
import { plotSigmaPercentiles } from './sigma_percentiles.ts'

/**
 * The comparison that led to this run's tau. Undefined without an exploration, and where tau is none of the compared
 * percentiles, as a number fixed in the config.
 */
export function tauChoiceOf({ tau }: Evaluation, exploration?: Exploration): TauChoice | undefined {
  if (exploration === undefined) return undefined
  const { candidates, chosen } = exploration.tau
  const isCompared = Object.entries(tau).every(([product, value]) =>
    candidates.some(one => one.product === product && one.percentile === chosen && one.tau === value),
  )
  return isCompared ? exploration.tau : undefined
}

/** The pictures that justify tau, by the name of their file. */
export function plotTau(evaluation: Evaluation, exploration?: Exploration): Record<string, TopLevelSpec> {
  const choice = tauChoiceOf(evaluation, exploration)
  if (choice === undefined) return { sigma_percentiles: plotSigmaPercentiles(evaluation) }
  return {
    tau_candidates: plotTauCandidates(choice, evaluation.simulated),
    spike_share_over_time: plotSpikeShareOverTime(choice, evaluation.simulated),
  }
}
