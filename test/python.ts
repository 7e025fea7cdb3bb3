import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { SpikeError } from '../errors.ts'
import { ensurePythonEnv, type PythonEnv } from '../scripts/python_env.ts'

/**
 * The locked Python environment for tests that need it. Where it cannot be had: null and a loud line with the reason, and under
 * CI=true an error.
 */
export async function findPython(forWhat: string): Promise<PythonEnv | null> {
  try {
    return await ensurePythonEnv()
  } catch (error) {
    if (process.env.CI === 'true' || !(error instanceof SpikeError && error.code === 'TOOL_MISSING')) throw error
    console.warn(`SKIPPED ${forWhat}: ${error.message}`)
    return null
  }
}

/** Runs a script of test/python/ and parses the JSON of its last line. */
export async function runPython(env: PythonEnv, script: string, args: string[]): Promise<unknown> {
  const path = new URL(`./python/${script}`, import.meta.url).pathname
  const { stdout } = await promisify(execFile)(env.python, [path, ...args], { maxBuffer: 64 << 20 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')
}
