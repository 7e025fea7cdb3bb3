import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../../src/config.ts'
import { features } from '../../../src/core/features/spec.ts'
import { composeDocuments, readExample } from '../../../src/publish/documents/documents.ts'
import { featureSpec } from '../../../src/publish/documents/feature_spec.ts'
import { importExample } from '../../../src/publish/documents/import_example.ts'
import { modelCard } from '../../../src/publish/documents/model_card.ts'
import { readEvaluation } from '../../../src/publish/read_evaluation.ts'
import { readExploration } from '../../../src/publish/read_exploration.ts'
import { writeTable } from '../../../src/stores/parquet.ts'
import { exampleEvaluation, exampleExploration, tauOf } from '../../fixtures/example_evaluation.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

describe('committed documents', () => {
  it('are what npm run docs would write now', async () => {
    const documents = await composeDocuments(
      readConfig(),
      readExample(root),
      readFileSync(join(root, 'README.md'), 'utf8'),
    )
    for (const [path, data] of Object.entries(documents)) {
      expect(existsSync(join(root, path)), `${path} is missing: npm run docs`).toBe(true)
      if (typeof data === 'string')
        expect(readFileSync(join(root, path), 'utf8'), `${path} is stale: npm run docs`).toBe(data)
    }
  })

  it('come from a simulated run and say so', () => {
    const { evaluation } = readExample(root)
    expect(evaluation.simulated).toBe(true)
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('Simulated data.')
    expect(readFileSync(join(root, 'docs/model_card_v1.md'), 'utf8')).toContain('**Simulated data.**')
  })
})

describe('feature spec', () => {
  const text = featureSpec(readConfig(), exampleEvaluation())

  it('lists every feature once, with its look-back', () => {
    for (const { name, lookback } of features) {
      const lines = text.split('\n').filter(line => line.startsWith(`| \`${name}\` |`))
      expect(lines, name).toHaveLength(1)
      expect(lines[0]).toContain(` | ${lookback} | `)
    }
  })

  it('states what the milestone asks for', () => {
    expect(text).toContain('**Target horizon**: 60 s')
    expect(text).toContain('**Label definition**: 1 if sigma_future >= tau')
    expect(text).toContain('BTC-USD 0.710 bp (0.0000710000)')
  })

  it('says why this tau from the run itself: every candidate with its episodes and how far one block moves it', () => {
    const exploration = exampleExploration()
    const spec = featureSpec(readConfig(), exampleEvaluation({ tau: tauOf(exploration) }), exploration)
    const section = spec.slice(spec.indexOf('## Why this tau'), spec.indexOf('## Rows'))
    for (const product of ['BTC-USD', 'ETH-USD'])
      for (const percentile of ['P85', '**P90**', 'P95']) expect(section).toContain(`| ${product} | ${percentile} |`)
    expect(section).toMatch(/\*\*P90\*\* \(chosen\): \d+ episodes to learn from; \d+ of \d+ training blocks/)
    expect(section).toContain('pictures/spike_share_over_time.png')
  })

  it('does not explain a tau that is not the one compared', () => {
    const spec = featureSpec(readConfig(), exampleEvaluation(), exampleExploration())
    expect(spec).not.toContain('P85')
    expect(spec).toContain('pictures/sigma_percentiles.png')
  })

  it('keeps | inside formulas from breaking the table', () => {
    const cells = (line: string): number => line.split(/(?<!\\)\|/).length
    const rows = text.split('\n').filter(line => /^\| `/.test(line))
    expect(new Set(rows.map(cells))).toEqual(new Set([8]))
  })
})

describe('model card', () => {
  it('has use, data with dates, metrics beside the base rate, limits, digests', () => {
    const card = modelCard(exampleEvaluation())
    for (const words of [
      '## Intended use',
      '2026-01-05 00:00:02',
      '| Logistic regression | 0.318 | 0.229 to 0.417 | 0.104 |',
      '## Ethics and limits',
      '60'.repeat(32),
    ])
      expect(card).toContain(words)
  })

  it('begins with what model hubs read, the base rate beside the score, and says how to use it', () => {
    const card = modelCard(exampleEvaluation({ simulated: false }))
    const { tags, 'model-index': index } = parse(card.split('---\n')[1])
    expect(tags).toEqual(['volatility', 'time-series'])
    expect(index[0].name).toBe('logistic')
    expect(
      index[0].results[0].metrics.map(({ type, value }: { type: string; value: number }) => [type, value]),
    ).toEqual(
      expect.arrayContaining([
        ['average_precision', 0.318],
        ['prevalence', 0.104],
      ]),
    )
    expect(card.match(/```python\n[^`]*models\/artifacts\/logistic[^`]*```/)![0].split('\n')).toHaveLength(8)
  })

  it('does not call a market run simulated', () => {
    expect(modelCard(exampleEvaluation({ simulated: false }))).not.toMatch(/simulated/i)
  })
})

describe('example import', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spike60-docs-'))
    mkdirSync(join(folder, 'models/artifacts'), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('refuses a run on market data, so that no capture is committed', async () => {
    writeFileSync(
      join(folder, 'models/artifacts/evaluation.json'),
      JSON.stringify(exampleEvaluation({ simulated: false })),
    )
    await expect(importExample(folder, folder)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    expect(existsSync(join(folder, 'docs'))).toBe(false)
  })

  it('keeps no path of the machine where the run was', async () => {
    const processed = join(folder, 'data/processed')
    const evaluation = exampleEvaluation({ tau: { 'BTC-USD': 2 } })
    evaluation.source.file = join(processed, 'features.parquet')
    writeFileSync(join(folder, 'models/artifacts/evaluation.json'), JSON.stringify(evaluation))
    mkdirSync(join(folder, 'reports/evidently'), { recursive: true })
    writeFileSync(join(folder, 'reports/evidently/drift.html'), `<p>${processed}/features.parquet</p>`)
    writeFileSync(join(folder, 'reports/exploration.json'), JSON.stringify(exampleExploration()))
    const column = Float64Array.of(1, 2, 3)
    const columns = Object.fromEntries(features.map(({ name }) => [name, column]))
    const table = {
      rows: 3,
      product: ['BTC-USD', 'BTC-USD', 'BTC-USD'],
      time: column.map((_, i) => 1.7e15 + 1e6 * i),
      columns,
      sigma_future: column,
    }
    await writeTable(join(processed, 'features_test.parquet'), table, {})
    await importExample(folder, folder)
    writeFileSync(join(folder, 'docs/example/demo.txt'), 'done')
    for (const file of ['evaluation.json', 'strip.json', 'drift_drift.html'])
      expect(readFileSync(join(folder, 'docs/example', file), 'utf8')).not.toContain(folder)
    expect(readExample(folder).evaluation.source.file).toBe('data/processed/features.parquet')
  })

  it('names every fault of an exploration file', () => {
    const path = join(folder, 'exploration.json')
    const { tau: _, ...rest } = exampleExploration()
    writeFileSync(path, JSON.stringify({ ...rest, simulated: 'yes' }))
    expect(() => readExploration(path)).toThrow(/simulated:.*\n.*tau:/)
    expect(() => readExploration(join(folder, 'none.json'))).toThrow(/none\.json: is not a readable exploration/)
  })

  it('names every fault of an evaluation file', () => {
    const path = join(folder, 'evaluation.json')
    const { tau: _, ...rest } = exampleEvaluation()
    writeFileSync(path, JSON.stringify({ ...rest, simulated: 'yes' }))
    expect(() => readEvaluation(path)).toThrow(/simulated:.*\n.*tau:/)
    expect(() => readEvaluation(join(folder, 'none.json'))).toThrow(/none\.json: does not exist; write it with/)
  })
})
