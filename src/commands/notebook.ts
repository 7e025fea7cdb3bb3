import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../config.ts'
import { splitByTime } from '../core/models/split/split.ts'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { command, outputFolder, runCommand } from '../operations/command.ts'
import { withProgress } from '../operations/progress.ts'
import { ensurePythonEnv } from '../operations/python_env.ts'
import { executedFiles, executeNotebook, refuseOtherNotebook } from '../publish/notebook/execute.ts'
import { runPaths } from '../run_paths.ts'
import { readTable } from '../stores/parquet.ts'

interface Arguments {
  features: string
  out: string
  update?: boolean
  json?: boolean
}

const source = fileURLToPath(new URL('../../notebooks/eda.ipynb', import.meta.url))

async function main({ features, out, update, json }: Arguments): Promise<void> {
  if (!existsSync(source))
    throw new SpikeError('TOOL_MISSING', 'the notebook is part of a checkout, not of the package; run it there')
  const written = executedFiles(source, out)
  keepInputs(
    { '--features': features, ...(!update && { 'the notebook': source }) },
    { '--out': Object.values(written) },
  )
  refuseOtherNotebook(written)
  const { table } = await readTable(features)
  splitByTime(table, readConfig().split)
  const env = await ensurePythonEnv()
  const executed = await withProgress(!json, say => executeNotebook(env, source, features, out, say))
  if (update) await writeFileAtomically(source, readFileSync(executed.notebook))
  console.log(json ? JSON.stringify(executed) : Object.values(executed).join('\n'))
}

const program = command(
  'notebook',
  "Executes the exploratory notebook over a feature file, in TypeScript on Deno's Jupyter kernel.",
  'npm run notebook -- --features data/processed/features.parquet',
)
  .option('--features <file>', 'Parquet file of features', runPaths.features)
  .option('--out <folder>', 'where the executed notebook and its page go', outputFolder('--out'), runPaths.reports)
  .option('--update', 'also keep the executed notebook as notebooks/eda.ipynb')
  .option('--json', 'print the paths as one JSON line')

export const notebookCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
