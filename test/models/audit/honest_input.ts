import type { Config } from '../../../config.ts'
import { digestOf } from '../../../features/digest.ts'
import type { FeatureTable } from '../../../features/table.ts'
import type { AuditInput } from '../../../models/audit.ts'
import { runExperiment } from '../../../models/experiment.ts'
import { calibrateOn, volatilityRecipes } from '../../../models/volatility_entrants.ts'

/** What a run on this table gives the audit to look at. */
export function honestInput(table: FeatureTable, config: Config): AuditInput {
  const digest = digestOf(table)
  const source = { file: 'x.parquet', digest, simulated: true, config_hash: 'x' }
  const { split, labels, tau, artifact, scores, evaluation } = runExperiment(table, source, config)
  const { models, splits: segments } = evaluation
  const training = { table, rows: split.train, labels, tau: tau.tau }
  const volatility = volatilityRecipes(config).map(recipe => {
    const fitted = recipe.fit(training).volatility!
    const calibrated =
      segments.validation.degenerate === null ? calibrateOn(fitted, { ...training, rows: split.validation }) : null
    return { name: recipe.name, fitted: calibrated ?? fitted }
  })
  return {
    table,
    digest: { stated: digest, found: digest },
    perturbation: 'passed',
    unread: [],
    split,
    segments,
    labels,
    tau: tau.tau,
    artifact,
    volatility,
    models,
    scores,
    config,
  }
}
