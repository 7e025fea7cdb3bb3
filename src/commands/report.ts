import { readConfig } from '../config.ts'
import { command, runCommand, warn } from '../operations/command.ts'
import { withProgress } from '../operations/progress.ts'
import { attachReports } from '../publish/attach_reports.ts'
import { writeReports } from '../publish/write_reports.ts'
import { runPaths } from '../run_paths.ts'
import { checkTracking } from '../tracking/client.ts'

interface Arguments {
  run: string
  config?: string
  json?: boolean
}

async function main({ run, config, json }: Arguments): Promise<void> {
  const settings = readConfig(config)
  const uri = process.env.MLFLOW_TRACKING_URI
  if (uri) checkTracking(uri)
  const { reports, recorded } = await withProgress(!json, async say => {
    say('exploring, drawing and setting the reports')
    const reports = await writeReports(run, settings)
    say('attaching them to the run')
    return { reports, recorded: await attachReports(run, settings.mlflow.experiment, uri) }
  })
  if (recorded === null)
    console.error(`warning: ${run}/${runPaths.journal} does not hold this training; the reports were not attached`)
  else if (recorded.warning !== null) warn(`warning: ${recorded.warning}`)
  console.log(json ? JSON.stringify(reports) : Object.values(reports).join('\n'))
}

const program = command(
  'report',
  'Writes the evaluation PDF, the model card and the exploration of a training run, and attaches them to its MLflow run.',
  'npm run report -- --run data/demo',
)
  .option('--run <folder>', 'folder that training wrote to', '.')
  .option('--config <file>', 'the config.yaml of the run')
  .option('--json', 'print the paths as one JSON line')

export const reportCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
