import type { Config } from '../../config.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { specVersion } from '../../core/features/spec.ts'
import { type FeatureTable, timeRange } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import { labelledRows, splitByTime } from '../../core/models/split/split.ts'
import { type Metadata, simulatedFile } from '../../stores/metadata.ts'
import { autocorrelate, type LagCorrelation } from './autocorrelation.ts'
import type { SessionCoverage } from './coverage.ts'
import { type BlockCoverage, countNulls, coverByBlock, describeSessions, type NullShare } from './coverage.ts'
import type { ReturnBin, ReturnMoments, SpreadDistribution } from './distributions.ts'
import { binReturns, describeReturns, describeSpreads } from './distributions.ts'
import { type MinuteVolatility, profileMinutes } from './minute_of_hour.ts'
import { binFeatures, type FeatureBin, type FeatureRelation, relateFeatures } from './relations.ts'
import { findProducts } from './stretches.ts'
import { compareTau, type TauChoice } from './tau_choice.ts'

/** All that the notebook shows of a feature file: small, plain JSON, so that documents can be drawn from it again. */
export interface Exploration {
  simulated: boolean
  source: {
    spec_version: string
    digest: string
    rows: number
    labelled: number
    products: string[]
    from: string
    to: string
  }
  tau: TauChoice
  returns: ReturnMoments[]
  return_bins: ReturnBin[]
  spreads: SpreadDistribution[]
  autocorrelation: LagCorrelation[]
  minutes: MinuteVolatility[]
  relations: FeatureRelation[]
  bins: FeatureBin[]
  sessions: SessionCoverage[]
  coverage: { block_s: number; blocks: BlockCoverage[] }
  nulls: NullShare[]
}

/**
 * Explores a feature file. What could steer a choice (tau, relations of features with the target) is taken from training rows
 * alone; the rest describes all rows.
 * @throws SpikeError TOO_FEW_ROWS for fewer than 300 rows with sigma_future.
 */
export function explore(table: FeatureTable, metadata: Metadata, config: Config): Exploration {
  const { train } = splitByTime(table, config.split)
  const [from, to] = timeRange(table)
  return {
    simulated: simulatedFile(metadata),
    source: {
      spec_version: metadata[metadataKeys.specVersion] ?? specVersion,
      digest: metadata[metadataKeys.digest] ?? 'unknown',
      rows: table.rows,
      labelled: labelledRows(table).length,
      products: findProducts(table).map(({ product }) => product),
      from: isoTime(from),
      to: isoTime(to),
    },
    tau: compareTau(table, config),
    returns: describeReturns(table),
    return_bins: binReturns(table),
    spreads: describeSpreads(table),
    autocorrelation: autocorrelate(table, config.time),
    minutes: profileMinutes(table),
    relations: relateFeatures(table, train),
    bins: binFeatures(table, train, config.label.percentile),
    sessions: describeSessions(table, config.time),
    coverage: coverByBlock(table, config.time),
    nulls: countNulls(table),
  }
}
