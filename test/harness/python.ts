import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SpikeError } from '../../src/errors.ts'
import { ensurePythonEnv, type PythonEnv } from '../../src/operations/python_env.ts'

/** A locked Python environment; where it cannot be had, why not. */
export async function findPython(
  ...of: Parameters<typeof ensurePythonEnv>
): Promise<{ python: PythonEnv | null; lacks: string | null }> {
  try {
    return { python: await ensurePythonEnv(...of), lacks: null }
  } catch (error) {
    if (!(error instanceof SpikeError && error.code === 'TOOL_MISSING')) throw error
    return { python: null, lacks: error.message }
  }
}

/** Runs a script of test/python/ and parses the JSON of its last line. */
export async function runPython(env: PythonEnv, script: string, args: string[]): Promise<unknown> {
  const path = new URL(`./python/${script}`, import.meta.url).pathname
  const { stdout } = await promisify(execFile)(env.python, [path, ...args], { maxBuffer: 64 << 20 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')
}

/** A frame for a model at `address`: a registered model, or a model folder. */
export interface PredictJob {
  address: string
  columns: string[]
  /** NaN or null is a missing value. */
  rows: (number | null)[][]
  /** A column without which the model must refuse. */
  needed: string
}

export interface Predicted {
  columns: string[]
  probability: number[]
  /** What the model said without the needed column. */
  refused: string | null
}

/** What Python's MLflow predicts, one answer a job. @param server address of the tracking server. */
export async function predictInPython(env: PythonEnv, server: string, jobs: PredictJob[]): Promise<Predicted[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-predict-'))
  try {
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs))
    return (await runPython(env, 'predict.py', [server, join(folder, 'jobs.json')])) as Predicted[]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
