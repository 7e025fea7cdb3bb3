import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { tablesBeside } from '../jobs/train/files.ts'
import { retrain, rollback } from '../jobs/train/retrain.ts'
import { command, outputFolder, runCommand, warn } from '../operations/command.ts'
import { withProgress } from '../operations/progress.ts'
import { redactJson } from '../operations/redact.ts'
import { describeRetrain, describeRollback } from '../publish/terminal/rivals_table.ts'
import { deskPaths, runPaths } from '../run_paths.ts'
import { chooseModel } from '../tracking/base_model.ts'
import { noteChampion } from './start/champion.ts'

interface Arguments {
  features?: string
  rollback?: boolean
  out: string
  config?: string
  json?: boolean
}

async function main({ features, rollback: back, out, config: path, json }: Arguments): Promise<void> {
  if ((features === undefined) !== (back === true))
    throw new SpikeError('BAD_ARGUMENT', 'name either --features FILE, of what has been recorded, or --rollback')
  const replaced = [runPaths.evaluation, runPaths.models, runPaths.former].map(place => join(out, place))
  const beside = features === undefined ? [] : tablesBeside(features)
  keepInputs(
    { '--features': features, '--config': path ?? projectConfig },
    { '--out': replaced, 'segments and predictions': beside },
  )
  const config = readConfig(path)
  const shared = { out, config, trackingUri: process.env.MLFLOW_TRACKING_URI }
  const { text, result } = await withProgress(!json, async say => {
    if (features === undefined) {
      const result = await rollback({ ...shared, say })
      return { text: describeRollback(result), result }
    }
    const result = await retrain({ ...shared, features, say })
    return { text: describeRetrain(result), result }
  })
  const moved = back || ('moves' in result && result.moves)
  // What a desk shows of its champion.
  if (moved && existsSync(join(out, deskPaths.champion)))
    await noteChampion(out, chooseModel(result.models), Date.parse(result.recorded_until) * 1000)
  if (result.tracking.warning !== null) warn(`warning: ${result.tracking.warning}`)
  console.log(text)
  if (json) console.log(redactJson(JSON.stringify(result)))
}

export const retrainCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'retrain',
      'Fits a challenger on what has been recorded, judges it and the champion on what neither has seen, and moves the champion only when the interval of the difference says so.',
      'npm run retrain -- --features data/processed/features.parquet',
    )
      .option('--features <file>', 'Parquet file that scripts/replay.ts wrote, longer than what the champion has seen')
      .option('--rollback', 'bring back the champion that the last move replaced; a second time undoes it')
      .option('--out <dir>', 'folder with models/artifacts of the champion, and mlruns', outputFolder('--out'), '.')
      .option('--config <file>', "another config than the project's config.yaml")
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
