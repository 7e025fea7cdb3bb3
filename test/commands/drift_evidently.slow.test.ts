import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { evidentlyFiles, writeEvidently } from '../../src/commands/drift_evidently.ts'
import { writeDriftReport } from '../../src/monitor/write_drift_report.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { syntheticTable } from '../fixtures/synthetic_sides.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'

const { python, lacks } = await findPython()

describe("Evidently's own report", needs(lacks), () => {
  const folder = mkdtempSync(join(tmpdir(), 'evidently-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('of two files, and of the halves of one, finds as many drifted columns as ours', async () => {
    const [train, later] = [join(folder, 'train.parquet'), join(folder, 'later.parquet')]
    await writeTable(train, syntheticTable(3000, 1_700_000_000, 1), {})
    await writeTable(later, syntheticTable(3000, 1_700_010_000, 2, 1.3), {})
    for (const [source, files, name] of [
      [{ reference: train, current: later }, { reference: train, current: later }, 'two'],
      [{ features: train }, { reference: train, current: train }, 'halves'],
    ] as const) {
      const { report } = await writeDriftReport({ source, out: folder, name })
      const places = evidentlyFiles(folder, name)
      const { count } = await writeEvidently(python!, report, files, places)
      expect(count).toBe(report.columns.filter(({ evidently }) => evidently.drifted).length)
      expect(readFileSync(places.html, 'utf8').includes('Drifted Columns')).toBe(true)
      expect(JSON.parse(readFileSync(places.json, 'utf8'))).toHaveProperty('metrics')
    }
  }, 300_000)
})
