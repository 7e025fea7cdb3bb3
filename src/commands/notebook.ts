import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../config.ts'
import { splitByTime } from '../core/models/split/split.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { command, outputFolder, runCommand } from '../operations/command.ts'
import { ensurePythonEnv } from '../operations/python_env.ts'
import { executeNotebook } from '../publish/notebook/execute.ts'
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
  const { table } = await readTable(features)
  splitByTime(table, readConfig().split)
  const env = await ensurePythonEnv()
  console.error(`executing notebooks/eda.ipynb over ${features} (about half a minute)`)
  const written = await executeNotebook(env, source, features, out)
  if (update) await writeFileAtomically(source, readFileSync(written.notebook))
  console.log(json ? JSON.stringify(written) : Object.values(written).join('\n'))
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
