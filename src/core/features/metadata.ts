/** Every key of ours in the metadata of a Parquet file, and every tag of ours on a run, begins so. */
export const ourPrefix = 'spike60.'

/** What a feature file says of itself. */
export const metadataKeys = {
  specVersion: `${ourPrefix}spec_version`,
  configHash: `${ourPrefix}config_hash`,
  digest: `${ourPrefix}digest`,
  simulated: `${ourPrefix}simulated`,
  /** Verdict of the features' own leak test, and the rows that it looked at. */
  perturbation: `${ourPrefix}perturbation`,
  perturbationRows: `${ourPrefix}perturbation_rows`,
  /** How a replay disturbed its input on purpose, as JSON. */
  disturbed: `${ourPrefix}disturbed`,
  /** The threshold of labels a product, as JSON, and where it comes from. */
  tau: `${ourPrefix}tau`,
  tauSource: `${ourPrefix}tau_source`,
  /** Whose scores they are, and the model's own threshold. */
  model: `${ourPrefix}model`,
  threshold: `${ourPrefix}threshold`,
  /** Which segment of a split it is. */
  segment: `${ourPrefix}segment`,
  /** Which table of a store was exported. */
  table: `${ourPrefix}table`,
} as const
