import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executeNotebook } from '../../../src/publish/notebook/execute.ts'
import { writeTable } from '../../../src/stores/parquet.ts'
import { makeMarket } from '../../fixtures/eda_market.ts'
import { needs } from '../../harness/needs.ts'
import { codeCells, plotsOf } from '../../harness/notebook_cells.ts'
import { findPython } from '../../harness/python.ts'

const path = fileURLToPath(new URL('../../../notebooks/eda.ipynb', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-eda-'))
const features = join(folder, 'features.parquet')
const { python, lacks } = await findPython()

beforeAll(async () => {
  const market = makeMarket({ products: ['BTC-USD', 'ETH-USD'], seconds: 5000 })
  await writeTable(features, market, { 'spike60.digest': 'abc' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the notebook in a real Jupyter', needs(lacks), () => {
  it('executes every cell over another file, and writes the notebook and its page', async () => {
    const written = await executeNotebook(python!, path, features, join(folder, 'reports'))
    const cells = codeCells(readFileSync(written.notebook, 'utf8'))
    for (const { id, outputs } of cells)
      expect([id, outputs.map(({ output_type }) => output_type)]).toEqual([id, ['display_data']])
    expect(plotsOf(cells)).toHaveLength(11)
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
