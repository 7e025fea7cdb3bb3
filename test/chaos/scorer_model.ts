import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { specVersion } from '../../features/spec.ts'
import type { LinearArtifact } from '../../models/artifact.ts'

/** A model that was never fitted, as a folder that `infer --model` takes: chaos asks for every prediction once, not for good ones. */
export function writeScorerModel(folder: string): LinearArtifact {
  const artifact: LinearArtifact = {
    format: 'spike60-linear',
    version: 1,
    name: 'chaos',
    spec_version: specVersion,
    config_hash: 'chaos',
    simulated: false,
    inputs: ['volatility_60s', 'spread_bps', 'return_1s'],
    impute: [1.5e-5, 0.1, 0],
    logs: [0],
    indicators: [0],
    mean: [-11.1, 0.1, 0, 0],
    scale: [0.6, 0.2, 1e-4, 1],
    weights: [1.2, 0.3, 0.05, -0.5],
    intercept: -2,
    threshold: 0.3,
    tau: { 'BTC-USD': 2e-5, 'ETH-USD': 3e-5 },
    trained_on: { digest: 'none', from: '', to: '', rows: 1 },
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'model.json'), JSON.stringify(artifact))
  return artifact
}
