import { command, runCommand } from '../cli.ts'
import { readConfig } from '../config.ts'
import { writeReports } from '../publish/write_reports.ts'

interface Arguments {
  run: string
  config?: string
  json?: boolean
}

async function main({ run, config, json }: Arguments): Promise<void> {
  const reports = await writeReports(run, readConfig(config))
  console.log(json ? JSON.stringify(reports) : Object.values(reports).join('\n'))
}

const program = command(
  'report',
  'Writes the evaluation PDF, the model card and the exploration of a training run.',
  'npm run report -- --run data/demo',
)
  .option('--run <folder>', 'folder that training wrote to', '.')
  .option('--config <file>', 'the config.yaml of the run')
  .option('--json', 'print the paths as one JSON line')
await runCommand<Arguments>(program, main)
