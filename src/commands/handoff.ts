import { join } from 'node:path'
import { projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { command, outputFolder, runCommand, wholeNumber } from '../operations/command.ts'
import { expandPattern, files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
import { checkHandoff } from '../publish/handoff/check.ts'
import { writeHandoff } from '../publish/handoff/write.ts'
import { runPaths } from '../run_paths.ts'

interface Arguments {
  run: string
  raw?: string[]
  out?: string
  minutes: number
  check?: string
  config?: string
  json?: boolean
}

async function main({ run, raw, out, minutes, check, config, json }: Arguments): Promise<void> {
  if (check !== undefined) {
    const result = await withProgress(!json, async say => {
      say('replaying and scoring the slice')
      return await checkHandoff(check)
    })
    if (json) console.log(JSON.stringify(result))
    else
      console.log(
        `${check}: ${result.files} files as in the manifest; the slice gives ${result.rows} rows again, digest ${result.digest}, and the same predictions${result.simulated ? ' (simulated)' : ''}`,
      )
    return
  }
  const folder = out ?? join(run, runPaths.handoff)
  const paths = raw ?? expandPattern(join(run, runPaths.raw, '**/*.ndjson'))
  if (paths.length === 0)
    throw new SpikeError(
      'BAD_FILE',
      `${join(run, runPaths.raw)}: holds no *.ndjson; capture first, or name files with --raw`,
    )
  const parts = [runPaths.models, runPaths.reports, runPaths.features].map(path => join(run, path))
  keepInputs({ '--raw': paths, '--run': parts, '--config': config ?? projectConfig }, { '--out': folder })
  const settings = readConfig(config)
  const { slice, files, simulated } = await withProgress(!json, async say => {
    say('cutting the slice, copying, and scoring it again')
    return await writeHandoff({ run, raw: paths, out: folder, config: settings, minutes })
  })
  if (json) console.log(JSON.stringify({ out: folder, simulated, files: Object.keys(files).length, slice }))
  else
    console.log(
      `${folder}: ${Object.keys(files).length} files; slice ${slice.from} to ${slice.to}, ${slice.rows} rows, digest ${slice.digest}${simulated ? ' (simulated)' : ''}`,
    )
}

const program = command(
  'handoff',
  'Builds the folder that another team starts from, or checks one by scoring its raw slice again.',
  'npm run handoff -- --run . --out handoff',
)
  .option('--run <folder>', 'folder of a finished run', '.')
  .option('--raw <file...>', 'raw data of the run, bronze or captures; data/raw of the run when absent', files('--raw'))
  .option('--out <folder>', 'folder to build; handoff in the run when absent', outputFolder('--out'))
  .option('--minutes <n>', 'length of the raw slice', wholeNumber('--minutes', 3), 10)
  .option('--check <folder>', 'check this folder instead of building one')
  .option('--config <file>', "another config than the project's config.yaml")
  .option('--json', 'print the summary as one JSON line')

export const handoffCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
