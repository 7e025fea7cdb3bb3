import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readConfig } from '../src/config.ts'
import type { Side } from '../src/monitor/columns/side.ts'
import { cleanNumbers } from '../src/monitor/evidently/clean.ts'
import { scoreNumbers } from '../src/monitor/evidently/score.ts'
import { profileSide } from '../src/monitor/profile/make_profile.ts'
import type { Profile } from '../src/monitor/profile/profile.ts'
import { readProfile, writeProfile } from '../src/monitor/profile/profile_file.ts'
import { assembleReport, type DriftReport } from '../src/monitor/report/drift_report.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { makeSides } from './drift_sides.ts'
import { type BenchResult, cpuSeconds, median } from './measure.ts'

const repetitions = 7
const run = promisify(execFile)
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Wall and CPU seconds (all threads), one a repetition. */
interface Timed {
  wall: number[]
  cpu: number[]
}

interface Theirs {
  version: string
  /** The data drift preset, and the bare scores. */
  preset: Timed
  scores: Timed
  values: Record<string, number>
}

/**
 * 20 columns of 100,000 + 100,000 rows, in memory on both sides: Evidently's data drift preset against the whole report of ours,
 * both verdicts and data quality; the same from a stored profile, its reading included; Evidently's bare scores against ours.
 * Wall seconds, since Evidently takes more than one thread and we do not; its import does not count. Memory is that of the
 * command on two Parquet files, and on a profile and one.
 */
export async function benchDrift(): Promise<BenchResult> {
  const { python } = await ensurePythonEnv()
  const config = readConfig()
  const folder = mkdtempSync(join(tmpdir(), 'bench-drift-'))
  try {
    const { reference, current } = makeSides()
    const files = [reference, current].map(side => writeColumns(folder, side))
    const profile = join(folder, 'reference.profile')
    await writeProfile(profile, profileOf(reference))
    const settings = {
      ...{ title: 'bench', simulated: true, modelInputs: null, tau: null, stream: null, limits: {} },
      ...{ resetSeconds: config.time.session_reset_s, seed: config.models.seed },
    }
    const reports: DriftReport[] = []
    const ours = {
      report: measure(() => void reports.push(assembleReport(profileOf(reference), current, settings))),
      profile: measure(() => void reports.push(assembleReport(readProfile(profile), current, settings))),
      scores: measure(() => scoreAll(reference, current)),
    }
    const names = JSON.stringify(Object.keys(reference.columns))
    const { stdout } = await run(python, [script('drift_evidently.py'), ...files, names], { maxBuffer: 1 << 24 })
    const theirs: Theirs = JSON.parse(stdout.trim().split('\n').at(-1)!)
    const ratio = (a: Timed, b: Timed): number => rounded(median(a.wall) / median(b.wall))
    return {
      name: 'drift',
      ratio: ratio(theirs.preset, ours.report),
      ratios: { profile: ratio(theirs.preset, ours.profile), scores: ratio(theirs.scores, ours.scores) },
      evidently_s: { preset: summarise(theirs.preset), scores: summarise(theirs.scores) },
      ours_s: {
        report: summarise(ours.report),
        profile: summarise(ours.profile),
        scores: summarise(ours.scores),
      },
      largest_score_difference: Math.max(...reports.map(report => largestDifference(report, theirs.values))),
      memory_mib: await measureMemory(folder, profile),
      ...{ columns: Object.keys(reference.columns).length, rows: [reference.rows, current.rows], repetitions },
      ...{ evidently: theirs.version, node: process.version },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }

  function profileOf(side: Side): Profile {
    const blockSeconds = config.models.bootstrap_block_s
    return profileSide(side, { blockSeconds, resetSeconds: config.time.session_reset_s, forReference: true }).profile
  }
}

function measure(work: () => void): Timed {
  const timed: Timed = { wall: [], cpu: [] }
  for (let i = 0; i < repetitions; i++) {
    const from = performance.now()
    timed.cpu.push(cpuSeconds(work))
    timed.wall.push((performance.now() - from) / 1000)
  }
  return timed
}

function summarise({ wall, cpu }: Timed): { wall: number; cpu: number } {
  return { wall: rounded(median(wall)), cpu: rounded(median(cpu)) }
}

/** One float64 after the other, column by column. */
function writeColumns(folder: string, side: Side): string {
  const path = join(folder, `${side.name}.f64`)
  writeFileSync(path, Buffer.concat(Object.values(side.columns).map(({ values }) => Buffer.from(values.buffer))))
  return path
}

function scoreAll(reference: Side, current: Side): void {
  for (const [name, { values }] of Object.entries(reference.columns))
    scoreNumbers(cleanNumbers(values), cleanNumbers(current.columns[name].values))
}

function largestDifference({ columns }: DriftReport, theirs: Record<string, number>): number {
  return Math.max(...columns.map(({ name, evidently }) => Math.abs(evidently.score! - theirs[name])))
}

async function measureMemory(folder: string, profile: string): Promise<{ files: number; profile: number }> {
  const child = async (...args: string[]): Promise<number> => {
    const { stdout } = await run(process.execPath, [script('drift_memory_child.ts'), folder, ...args])
    return Number(stdout.trim().split('\n').at(-1))
  }
  await child('write')
  return { files: await child('files'), profile: await child('profile', profile) }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
