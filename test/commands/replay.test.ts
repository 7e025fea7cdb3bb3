import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { features } from '../../src/core/features/spec.ts'
import { readTable } from '../../src/stores/parquet.ts'
import { captureFile, lacksCaptures } from '../fixtures/captures.ts'
import { simulatedCapture } from '../fixtures/simulated_captures.ts'
import { needs } from '../harness/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise(done => {
    execFile('node', ['scripts/replay.ts', ...args], { maxBuffer: 1 << 26 }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

const captures = [
  simulatedCapture('simulated-exchange'),
  { name: 'a real market', path: captureFile('coinbase-ticker-2026-04-04T2113.ndjson.gz'), lacks: lacksCaptures },
]

test.each([
  [['--shuffle', '-1'], '--shuffle takes a number of at least 0, not'],
  [['--shuffle', 'soon'], '--shuffle takes a number of at least 0, not'],
  [['--duplicate', '1'], '--duplicate takes a number of at least 0 and below 1, not'],
  [['--drop', '-0.1'], '--drop takes a number of at least 0 and below 1, not'],
  [['--drop', ''], '--drop takes a number of at least 0 and below 1, not'],
  [['--seed', '1'], '--seed needs something to disturb'],
])('%j ends with exit 2 and one line', async (args, message) => {
  const { code, err } = await run('--raw', 'absent.ndjson', ...args)
  expect(code).toBe(2)
  expect(err).toContain(message)
  expect(err.trim().split('\n')).toHaveLength(1)
})

const existed = existsSync('data/processed/features.parquet')

for (const { name, path, lacks } of captures)
  describe(name, needs(lacks), () => {
    test('shuffled within the bound it gives the same digest, and is written where asked', async () => {
      const out = join(folder, `${name}.parquet`)
      const args = ['--raw', path, '--json', '--shuffle', '2', '--duplicate', '0.2', '--seed', '5']
      const { code, out: text } = await run(...args, '--out', out)
      expect(code).toBe(0)
      const summary = JSON.parse(text)
      expect(summary.disturbed).toMatchObject({ equal: true, in_order_digest: summary.digest, seed: 5, dropped: 0 })
      expect(summary.disturbed.repeated).toBe(summary.counts.duplicates)
      expect(summary.counts.late).toBe(0)
      const { metadata } = await readTable(out)
      expect(metadata['spike60.digest']).toBe(summary.digest)
      expect(JSON.parse(metadata['spike60.disturbed'])).toEqual({ shuffle_s: 2, duplicate: 0.2, drop: 0, seed: 5 })
    })

    test('beyond the bound it says how many came late, and the error of each feature', async () => {
      const { code, out } = await run('--raw', path, '--json', '--shuffle', '20', '--drop', '0.05')
      expect(code).toBe(0)
      const { counts, disturbed } = JSON.parse(out)
      expect(counts.late).toBeGreaterThan(100)
      expect(disturbed).toMatchObject({ equal: false, repeated: 0 })
      expect(disturbed.dropped).toBeGreaterThan(100)
      const mid = disturbed.difference.features.find(({ name }: { name: string }) => name === 'mid')
      expect(mid.share).toBeGreaterThan(0)
      expect(mid.largest).toBeGreaterThan(0)
      expect(mid.unit).toBe(features[0].unit)
      expect(disturbed.difference.features.map(({ name }: { name: string }) => name)).not.toContain('hour_sin')
      expect(existsSync('data/processed/features.parquet')).toBe(existed)
    })
  })
