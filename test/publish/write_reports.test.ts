import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { readExploration } from '../../src/publish/read_exploration.ts'
import { writeReports } from '../../src/publish/write_reports.ts'
import { digestOf } from '../../src/stores/digest.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { makeMarket } from '../fixtures/eda_market.ts'
import { exampleEvaluation } from '../fixtures/example_evaluation.ts'

const table = makeMarket({ seconds: 1800 })
const digest = digestOf(table)
let run: string

beforeEach(async () => {
  run = mkdtempSync(join(tmpdir(), 'spike60-reports-'))
  const metadata = { 'spike60.digest': digest, 'spike60.simulated': 'true' }
  await writeTable(join(run, 'data/processed/features.parquet'), table, metadata)
  await writeTable(join(run, 'data/processed/features_test.parquet'), table, metadata)
})
afterEach(() => rmSync(run, { recursive: true }))

function writeEvaluation(digestOfTraining: string): void {
  const evaluation = exampleEvaluation()
  evaluation.source = { ...evaluation.source, digest: digestOfTraining, products: ['BTC-USD'] }
  mkdirSync(join(run, 'models/artifacts'), { recursive: true })
  writeFileSync(join(run, 'models/artifacts/evaluation.json'), JSON.stringify(evaluation))
}

describe('reports of a run', () => {
  it('are the PDF, the model card and the exploration of the very file that was trained on', async () => {
    writeEvaluation(digest)
    const { exploration, evaluation_pdf, model_card } = await writeReports(run, readConfig())
    expect(readExploration(exploration).source).toMatchObject({ digest, rows: 1800, products: ['BTC-USD'] })
    expect(readFileSync(evaluation_pdf).subarray(0, 5).toString()).toBe('%PDF-')
    expect(readFileSync(model_card, 'utf8')).toContain(digest)
  })

  it('are not written when the features have been replaced since', async () => {
    writeEvaluation('ab'.repeat(32))
    await expect(writeReports(run, readConfig())).rejects.toThrow(/has digest .*, the evaluation was made of abab/)
    expect(existsSync(join(run, 'reports'))).toBe(false)
  })

  it('need the feature files, and say which is missing', async () => {
    writeEvaluation(digest)
    rmSync(join(run, 'data/processed/features_test.parquet'))
    await expect(writeReports(run, readConfig())).rejects.toMatchObject({
      code: 'BAD_FILE',
      faults: [expect.stringContaining('features_test.parquet: does not exist')],
    })
  })
})
