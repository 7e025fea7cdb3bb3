import { readConfig } from '../config.ts'
import { command, runCommand } from '../operations/command.ts'
import { attachReports } from '../publish/attach_reports.ts'
import { writeReports } from '../publish/write_reports.ts'
import { runPaths } from '../run_paths.ts'

interface Arguments {
  run: string
  config?: string
  json?: boolean
}

async function main({ run, config, json }: Arguments): Promise<void> {
  const settings = readConfig(config)
  const reports = await writeReports(run, settings)
  const recorded = await attachReports(run, settings.mlflow.experiment, process.env.MLFLOW_TRACKING_URI)
  if (recorded === null)
    console.error(`warning: ${run}/${runPaths.journal} does not hold this training; the reports were not attached`)
  else if (recorded.warning !== null) console.error(`warning: ${recorded.warning}`)
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
