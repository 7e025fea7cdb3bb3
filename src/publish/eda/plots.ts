import type { TopLevelSpec } from 'vega-lite'
import { plotAutocorrelation } from '../plots/eda/autocorrelation.ts'
import { plotCoverage } from '../plots/eda/coverage.ts'
import { plotFeatureRelations } from '../plots/eda/feature_relations.ts'
import { plotMinuteOfHour } from '../plots/eda/minute_of_hour.ts'
import { plotReturnDistribution } from '../plots/eda/return_distribution.ts'
import { plotSpikeShareByFeature } from '../plots/eda/spike_share_by_feature.ts'
import { plotSpikeShareOverTime } from '../plots/eda/spike_share_over_time.ts'
import { plotSpreadDistribution } from '../plots/eda/spread_distribution.ts'
import { plotTauCandidates } from '../plots/eda/tau_candidates.ts'
import type { Exploration } from './explore.ts'

/** Every plot of an exploration by the name of its file, in the order in which they are read. */
export function plotExploration(found: Exploration): Record<string, TopLevelSpec> {
  const { simulated, tau } = found
  return {
    tau_candidates: plotTauCandidates(tau, simulated),
    spike_share_over_time: plotSpikeShareOverTime(tau, simulated),
    return_distribution: plotReturnDistribution(found.return_bins, simulated),
    spread_distribution: plotSpreadDistribution(found.spreads, simulated),
    autocorrelation: plotAutocorrelation(found.autocorrelation, simulated),
    minute_of_hour: plotMinuteOfHour(found.minutes, simulated),
    feature_relations: plotFeatureRelations(found.relations, simulated),
    spike_share_by_feature: plotSpikeShareByFeature(found.bins, tau.chosen, simulated),
    coverage: plotCoverage(found.coverage, simulated),
  }
}
