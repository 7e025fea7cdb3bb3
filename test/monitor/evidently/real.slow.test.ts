import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { takeRows } from '../../../src/core/features/table.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { writeDriftReport } from '../../../src/monitor/write_drift_report.ts'
import { readTable, writeTable } from '../../../src/stores/parquet.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { simulatedCapture } from '../../fixtures/simulated_captures.ts'
import { needs } from '../../harness/needs.ts'
import { findPython, runPython } from '../../harness/python.ts'

type Scores = Record<string, { method: string; score: number }>

const real = ['coinbase-ticker-2026-04-04T0319-2h-btc-eth', 'coinbase-ticker-2025-12-06']
const captures = [
  simulatedCapture('simulated-all-channels', 1),
  ...real.map(name => ({ name, path: captureFile(`${name}.ndjson.gz`), lacks: lacksCaptures })),
]
const { python, lacks: lacksPython } = await findPython()
const folder = mkdtempSync(join(tmpdir(), 'evidently-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('every column of a capture, beside the real Evidently', () => {
  for (const { name, path, lacks } of captures)
    test(`${name}: both branches of sample size`, { ...needs(lacksPython, lacks), timeout: 600_000 }, async () => {
      const whole = join(folder, `${name}.parquet`)
      await replay({ raw: [path], out: whole, config: readConfig() })
      const { table } = await readTable(whole)
      const middle = Float64Array.from(table.time).sort()[Math.floor(table.rows / 2)]
      const rows = Array.from({ length: table.rows }, (_, row) => row)
      const parts = {
        early: rows.filter(row => table.time[row] < middle),
        late: rows.filter(row => table.time[row] >= middle),
        few: rows.slice(0, 900),
      }
      const file = (part: string): string => join(folder, `${name}.${part}.parquet`)
      for (const [part, picked] of Object.entries(parts)) await writeTable(file(part), takeRows(table, picked), {})
      const pairs = []
      for (const part of ['early', 'few']) {
        const source = { reference: file(part), current: file('late') }
        const { report } = await writeDriftReport({ source, out: folder, name: part })
        pairs.push({ source, scored: report.columns.filter(column => column.evidently.score !== null) })
      }
      const asked = pairs.map(({ source, scored }) => ({ ...source, columns: scored.map(column => column.name) }))
      const answers = (await runPython(python!, 'evidently_scores.py', [JSON.stringify(asked)])) as Scores[]
      for (const [i, { scored }] of pairs.entries()) {
        expect(scored.length).toBeGreaterThan(50)
        for (const { name: column, evidently } of scored) {
          const theirs = answers[i][column]
          expect([column, evidently.method]).toEqual([column, theirs.method])
          expect([column, Math.abs(evidently.score! - theirs.score) < 1e-9]).toEqual([column, true])
        }
      }
    })
})
