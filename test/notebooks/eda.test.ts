import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { explore } from '../../src/publish/eda/explore.ts'
import { plotExploration } from '../../src/publish/eda/plots.ts'
import { executeNotebook } from '../../src/publish/notebook/execute.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { makeMarket } from '../fixtures/eda_market.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'

interface Output {
  output_type: string
  data?: Record<string, string | string[]>
}

interface Cell {
  id: string
  cell_type: string
  source: string[]
  execution_count?: number | null
  outputs: Output[]
}

const path = fileURLToPath(new URL('../../notebooks/eda.ipynb', import.meta.url))
const script = fileURLToPath(new URL('../../scripts/notebook.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-eda-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const features = join(folder, 'features.parquet')
const products = ['BTC-USD', 'ETH-USD']
const market = makeMarket({ products, seconds: 5000 })
await writeTable(features, market, { 'spike60.digest': 'abc' })
const { python, lacks } = await findPython()

function codeCells(text: string): Cell[] {
  return (JSON.parse(text).cells as Cell[]).filter(cell => cell.cell_type === 'code')
}

function plotsOf(cells: Cell[]): string[] {
  return cells
    .flatMap(cell => cell.outputs)
    .flatMap(({ data }) => (data?.['image/svg+xml'] === undefined ? [] : [[data['image/svg+xml']].flat().join('')]))
}

describe('notebooks/eda.ipynb as committed', () => {
  const text = readFileSync(path, 'utf8')
  const cells = codeCells(text)

  it('is executed from its first cell to its last, in order, without an error', () => {
    expect(cells.map(cell => cell.execution_count)).toEqual(cells.map((_, i) => i + 1))
    for (const { outputs } of cells) expect(outputs.map(({ output_type }) => output_type)).toEqual(['display_data'])
  })

  it('shows simulated data and says so in every plot', () => {
    const plots = plotsOf(cells)
    expect(plots).toHaveLength(9)
    for (const plot of plots) expect(plot).toContain('Simulated data.')
    expect(JSON.stringify(cells[0].outputs)).toContain('**Simulated data.**')
  })

  it('draws every plot of an exploration', () => {
    const shown = cells.flatMap(({ source }) =>
      [...source.join('').matchAll(/showPlot\(plots\.(\w+)/g)].map(match => match[1]),
    )
    expect(shown).toEqual(Object.keys(plotExploration(explore(market, {}, readConfig()))))
  })

  it('is small and names no path of a machine', () => {
    expect(text.length).toBeLessThan(1_000_000)
    expect(text).not.toMatch(/\/(home|root|tmp|Users|work)\//)
  })
})

describe('npm run notebook', needs(lacks), () => {
  it('executes every cell over another file, and writes the notebook and its page', async () => {
    const written = await executeNotebook(python!, path, features, join(folder, 'reports'))
    const cells = codeCells(readFileSync(written.notebook, 'utf8'))
    for (const { id, outputs } of cells)
      expect([id, outputs.map(({ output_type }) => output_type)]).toEqual([id, ['display_data']])
    expect(plotsOf(cells)).toHaveLength(9)
    expect(JSON.stringify(cells.map(({ outputs }) => outputs))).not.toMatch(/simulated/i)
    const page = readFileSync(written.html, 'utf8')
    expect(page).toContain('Exploring the features')
    expect(page).not.toMatch(/<script[^>]+src="http/)
  })

  it('fails with what the cell said, and writes nothing', async () => {
    const notebook = JSON.parse(readFileSync(path, 'utf8'))
    notebook.cells = [
      {
        cell_type: 'code',
        id: 'a',
        metadata: {},
        execution_count: null,
        outputs: [],
        source: ["throw new Error('no such thing')"],
      },
    ]
    const broken = join(folder, 'broken.ipynb')
    writeFileSync(broken, JSON.stringify(notebook))
    const out = join(folder, 'broken')
    await expect(executeNotebook(python!, broken, features, out)).rejects.toMatchObject({
      code: 'CHECK_FAILED',
      message: expect.stringContaining('no such thing'),
    })
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([])
  })
})

describe('npm run notebook on bad input', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })

  it('says which file is missing', () => {
    const { status, stderr } = run('--features', join(folder, 'none.parquet'))
    expect([status, stderr.trim().split('\n').length]).toEqual([2, 1])
    expect(stderr).toContain('none.parquet')
  })

  it('asks for more rows before it starts a kernel', async () => {
    const few = join(folder, 'few.parquet')
    await writeTable(few, makeMarket({ seconds: 200 }), {})
    const { status, stderr } = run('--features', few)
    expect([status, stderr.trim().split('\n').length]).toEqual([2, 1])
    expect(stderr).toContain('at least 300')
  })
})
