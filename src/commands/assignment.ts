import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { command, reword, runCommand, topicEngines } from '../operations/command.ts'
import { expandPattern, files } from '../operations/path_patterns.ts'
import { redact } from '../operations/redact.ts'
import { demoPaths, runPaths } from '../run_paths.ts'
import { logFiles } from '../streams/open.ts'
import { type Evidence, lookAt, type Submission } from './assignment/item.ts'
import { packAssignment, refuseTaken } from './assignment/pack.ts'
import { rubric } from './assignment/rubric.ts'

interface Arguments {
  run: string
  topics?: string
  raw?: string[]
  zip?: string
  config?: string
  json?: boolean
}

interface Finding extends Evidence {
  area: string
  name: string
  mend: string
}

async function main({ run, zip, config: path, json, ...given }: Arguments): Promise<void> {
  if (zip !== undefined) refuseTaken(zip)
  const submission = submissionOf(run, given, path)
  const findings: Finding[] = []
  for (const { area, points, items } of rubric) {
    if (!json) console.log(`\n${area} (${points} points)`)
    for (const item of items) {
      const finding = { area, name: item.name, ...(await lookAt(item, submission)), mend: item.mend }
      findings.push(finding)
      if (!json) print(finding)
    }
  }
  const missing = findings.filter(({ done }) => !done)
  const packed = zip === undefined ? null : await packAssignment(run, zip)
  if (json)
    console.log(JSON.stringify({ done: findings.length - missing.length, of: findings.length, items: findings, zip }))
  else {
    console.log(`\n${findings.length - missing.length} of ${findings.length} are there`)
    if (packed !== null) console.log(`${zip}: ${packed} files under the assignment's names`)
  }
  if (missing.length > 0)
    throw new SpikeError(
      'CHECK_FAILED',
      `${missing.length} of ${findings.length} are missing; next: ${missing[0].mend}`,
    )
}

function print({ done, name, evidence, mend }: Finding): void {
  const lines = [`  ${done ? '✔' : '✘'} ${name}: ${evidence}`, ...(done ? [] : [`      ${mend}`])]
  console.log(redact(reword(program.name(), lines.join('\n'))))
}

/** Topics and raw data as named; else the run's own, or those of its demo where it has nothing else. */
function submissionOf(run: string, { topics, raw }: Pick<Arguments, 'topics' | 'raw'>, path?: string): Submission {
  const own = expandPattern(join(run, runPaths.raw, '*.ndjson'))
  const demo = demoPaths(1)
  const isDemo = own.length === 0 && existsSync(join(run, demo.log))
  const [log] = logFiles(isDemo ? `embedded://${join(run, demo.log)}` : `embedded://${join(run, runPaths.log)}`)
  return {
    run,
    config: readConfig(path),
    topics: topics ?? process.env.SPIKE60_TOPICS ?? `embedded://${log}`,
    raw: raw ?? (isDemo ? expandPattern(join(run, demo.raw, '*.ndjson')) : own),
  }
}

const program = command(
  'assignment',
  "The assignment's rubric as a checklist: what is there and shows it, what is missing and the command that brings it.",
  'npm run assignment -- --zip assignment.zip',
)
  .option('--run <folder>', 'folder of the run', '.')
  .option('--topics <engine>', `${topicEngines} (default: what the run has)`)
  .option('--raw <file...>', 'raw data of the run (default: data/raw, or that of its demo)', files('--raw'))
  .option('--zip <file>', "also pack the run under the assignment's names")
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the checklist as one JSON line')

export const assignmentCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
