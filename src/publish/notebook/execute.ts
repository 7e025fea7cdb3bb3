import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { keepOthers } from '../../files/keep_others.ts'
import type { Say } from '../../operations/progress.ts'
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

/** What a page of ours says of its origin. */
const pageMark = '<meta name="generator" content="spike60 notebook">'

/** @throws SpikeError BAD_FILE for files of others where the executed notebook and its page would go. */
export function refuseOtherNotebook({ notebook, html }: { notebook: string; html: string }): void {
  keepOthers([notebook], first => first.includes('# Exploring the features: will the next'))
  keepOthers([html], first => first.includes(pageMark))
}

/** Where they go. */
export function executedFiles(notebook: string, out: string): { notebook: string; html: string } {
  const name = basename(notebook, '.ipynb')
  return { notebook: join(out, `${name}.ipynb`), html: join(out, `${name}.html`) }
}

/**
 * Executes a notebook with Deno's kernel from its own folder, and writes the executed one and a page of it; each appears whole or
 * not at all.
 * @param features Parquet file that the notebook finds in SPIKE60_FEATURES.
 * @param say is told of each cell.
 * @throws SpikeError CHECK_FAILED with what the failed cell said.
 */
export async function executeNotebook(
  { bin }: PythonEnv,
  notebook: string,
  features: string,
  out: string,
  say: Say = () => {},
): Promise<{ notebook: string; html: string }> {
  const environment = { ...process.env, ...(await installKernel()), SPIKE60_FEATURES: resolve(features) }
  const name = basename(notebook, '.ipynb')
  const folder = mkdtempSync(join(tmpdir(), 'spike60-notebook-'))
  const nbconvert = (args: string[], level = 'ERROR') =>
    run(join(bin, 'jupyter'), ['nbconvert', `--log-level=${level}`, '--output-dir', folder, ...args], {
      env: environment,
      maxBuffer: 64 << 20,
    })
  const all = codeCells(readFileSync(notebook, 'utf8')).length
  const execute = ['--to', 'notebook', '--execute', '--ExecutePreprocessor.record_timing=False']
  try {
    const executed = join(folder, `${name}.ipynb`)
    for (let attempt = 1; ; attempt++) {
      const args = [...execute, '--ExecutePreprocessor.timeout=600', '--output', name, notebook]
      const executing = nbconvert(args, 'DEBUG')
      let begun = -1
      say('starting the kernel')
      const lines = createInterface({ input: executing.child.stderr! })
      lines.on('line', line => line.endsWith('Executing cell:') && say('cells', ++begun, all))
      await executing
      const lost = cellsWithoutOutput(readFileSync(executed, 'utf8'))
      if (lost.length === 0) break
      if (attempt === attempts)
        throw new SpikeError(
          'CHECK_FAILED',
          `${notebook}: the output of the cells ${lost.join(', ')} was lost in each of ${attempts} runs; run it again on a machine that is less busy`,
        )
    }
    say('making the page')
    await nbconvert(['--to', 'html', '--output', name, ...withoutScripts, executed])
    const written = executedFiles(notebook, out)
    await writeFileAtomically(written.notebook, readFileSync(executed))
    const page = readFileSync(join(folder, `${name}.html`), 'utf8')
    await writeFileAtomically(written.html, page.replace('<head>', `<head>${pageMark}`))
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

function codeCells(notebook: string): Cell[] {
  const { cells } = JSON.parse(notebook) as { cells: Cell[] }
  return cells.filter(cell => cell.cell_type === 'code')
}

/** Cells that display something and hold no output. */
function cellsWithoutOutput(notebook: string): string[] {
  return codeCells(notebook)
    .filter(cell => cell.source.join('').includes('display('))
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
