import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { writeFileAtomically } from '../../atomic.ts'
import { SpikeError } from '../../errors.ts'
import type { PythonEnv } from '../python_env.ts'
import { installKernel } from './kernel.ts'

const run = promisify(execFile)

/** No script from elsewhere: the page is read offline. */
const withoutScripts = ['jquery', 'require_js', 'mathjax', 'mermaid_js'].map(name => `--HTMLExporter.${name}_url=`)

/**
 * Executes a notebook with Deno's kernel from its own folder, and writes the executed one and a page of it; each appears whole or
 * not at all.
 * @param features Parquet file that the notebook finds in SPIKE60_FEATURES.
 * @throws SpikeError CHECK_FAILED with what the failed cell said.
 */
export async function executeNotebook(
  { bin }: PythonEnv,
  notebook: string,
  features: string,
  out: string,
): Promise<{ notebook: string; html: string }> {
  const environment = { ...process.env, ...(await installKernel()), SPIKE60_FEATURES: resolve(features) }
  const name = basename(notebook, '.ipynb')
  const folder = mkdtempSync(join(tmpdir(), 'spike60-notebook-'))
  const nbconvert = (args: string[]) =>
    run(join(bin, 'jupyter'), ['nbconvert', '--log-level=ERROR', '--output-dir', folder, ...args], {
      env: environment,
      maxBuffer: 64 << 20,
    })
  const execute = ['--to', 'notebook', '--execute', '--ExecutePreprocessor.record_timing=False']
  try {
    await nbconvert([...execute, '--ExecutePreprocessor.timeout=600', '--output', name, notebook])
    const executed = join(folder, `${name}.ipynb`)
    await nbconvert(['--to', 'html', '--output', name, ...withoutScripts, executed])
    const written = { notebook: join(out, `${name}.ipynb`), html: join(out, `${name}.html`) }
    await writeFileAtomically(written.notebook, readFileSync(executed))
    await writeFileAtomically(written.html, readFileSync(join(folder, `${name}.html`)))
    return written
  } catch (error) {
    if (!(error instanceof Error && 'stderr' in error)) throw error
    const said = String(error.stderr).trim().split('\n')
    const last = said.filter(line => line.trim() !== '').slice(-1)
    throw new SpikeError('CHECK_FAILED', `${notebook}: did not run to its end: ${last}`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
