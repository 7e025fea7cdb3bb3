import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import type { PythonEnv } from '../../operations/python_env.ts'
import { installKernel } from './kernel.ts'

const run = promisify(execFile)

/**
 * On a busy machine Deno's kernel now and then reports a cell as done before its output is out, and nbconvert then drops the output
 * without a word (seen in 1 of some 100 cells). So the outputs are checked, and the notebook is run again.
 */
const attempts = 4

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
    const executed = join(folder, `${name}.ipynb`)
    for (let attempt = 1; ; attempt++) {
      await nbconvert([...execute, '--ExecutePreprocessor.timeout=600', '--output', name, notebook])
      const lost = cellsWithoutOutput(readFileSync(executed, 'utf8'))
      if (lost.length === 0) break
      if (attempt === attempts)
        throw new SpikeError(
          'CHECK_FAILED',
          `${notebook}: the output of the cells ${lost.join(', ')} was lost in each of ${attempts} runs; run it again on a machine that is less busy`,
        )
    }
    await nbconvert(['--to', 'html', '--output', name, ...withoutScripts, executed])
    const written = { notebook: join(out, `${name}.ipynb`), html: join(out, `${name}.html`) }
    await writeFileAtomically(written.notebook, readFileSync(executed))
    await writeFileAtomically(written.html, readFileSync(join(folder, `${name}.html`)))
    return written
  } catch (error) {
    if (!(error instanceof Error && 'stderr' in error)) throw error
    throw new SpikeError('CHECK_FAILED', `${notebook}: did not run to its end: ${reasonOf(String(error.stderr))}`, {
      cause: error,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Cell {
  id: string
  cell_type: string
  source: string[]
  outputs: unknown[]
}

/** Cells that display something and hold no output. */
function cellsWithoutOutput(notebook: string): string[] {
  const { cells } = JSON.parse(notebook) as { cells: Cell[] }
  return cells
    .filter(cell => cell.cell_type === 'code' && cell.source.join('').includes('display('))
    .filter(cell => cell.outputs.length === 0)
    .map(cell => cell.id)
}

/** The line of nbconvert's traceback that names the error: `Name: message`. */
function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map(line => line.trim())
  return (
    lines.findLast(line => /^\w*(Error|Exception): /.test(line)) ??
    lines.findLast(line => line !== '') ??
    'no reason given'
  )
}
