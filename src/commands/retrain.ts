import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { tablesBeside } from '../jobs/train/files.ts'
import { retrain, rollback } from '../jobs/train/retrain.ts'
import { command, outputFolder, runCommand, topicEngines, warn } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
import { redactJson } from '../operations/redact.ts'
import { describeRetrain, describeRollback } from '../publish/terminal/rivals_table.ts'
import { deskPaths, runPaths } from '../run_paths.ts'
import { chooseModel } from '../tracking/base_model.ts'
import { noteChampion } from './start/champion.ts'

interface Arguments {
  features?: string
  raw?: string[]
  topics?: string
  rollback?: boolean
  out: string
  config?: string
  json?: boolean
}

async function main({ features, raw, topics, rollback: back, out, config: path, json }: Arguments): Promise<void> {
  if ([features, raw, back].filter(one => one !== undefined).length !== 1)
    throw new SpikeError(
      'BAD_ARGUMENT',
      'name either --raw FILE… or --features FILE, of what has been recorded, or --rollback',
    )
  if (back && topics !== undefined)
    throw new SpikeError('BAD_ARGUMENT', '--rollback judges nothing: leave --topics out')
  const replaced = [runPaths.evaluation, runPaths.models, runPaths.former].map(place => join(out, place))
  const beside = features === undefined ? [] : tablesBeside(features)
  keepInputs(
    { '--features': features, '--raw': raw, '--config': path ?? projectConfig },
    { '--out': replaced, 'segments and predictions': beside },
  )
  const config = readConfig(path)
  const shared = { out, config, trackingUri: process.env.MLFLOW_TRACKING_URI }
  const { text, result } = await withProgress(!json, async say => {
    if (back) {
      const result = await rollback({ ...shared, say })
      return { text: describeRollback(result), result }
    }
    const recorded = raw === undefined ? { features: features! } : { raw }
    const result = await retrain({ ...shared, recorded, topics: topics ?? null, say })
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
      "npm run retrain -- --raw 'data/raw/*.ndjson' --topics embedded",
    )
      .option('--raw <file...>', 'bronze files that were recorded, also since: rows are made of them', files('--raw'))
      .option('--features <file>', 'Parquet file that scripts/replay.ts wrote, longer than what the champion has seen')
      .option(
        '--topics <engine>',
        `${topicEngines}: judge also by what the champion has said live and settle has scored`,
      )
      .option('--rollback', 'bring back the champion that the last move replaced; a second time undoes it')
      .option('--out <dir>', 'folder with models/artifacts of the champion, and mlruns', outputFolder('--out'), '.')
      .option('--config <file>', "another config than the project's config.yaml")
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
