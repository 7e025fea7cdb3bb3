import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { barOf } from '../../../src/core/models/judge/bar.ts'
import { looksAt, pairOf } from '../../../src/jobs/train/looks.ts'
import { rivalsRun } from '../../../src/tracking/rival_runs.ts'
import { recordRuns } from '../../../src/tracking/tracker.ts'
import { linearArtifact, volatilityArtifact } from '../../fixtures/artifacts.ts'

const journal = mkdtempSync(join(tmpdir(), 'spike60-looks-'))
afterAll(() => rmSync(journal, { recursive: true, force: true }))

const seconds = (iso: string) => 1000 * Date.parse(iso)
const run = { id: 'training', name: 'train', started_at: 1, ended_at: 2 }
const empty = { params: {}, metrics: [], tags: {}, datasets: [], artifacts: [] }

async function look(pair: string, from: string, to: string): Promise<void> {
  const segment = { from, to, rows: 1, positives: 0, episodes: 0, prevalence: 0, degenerate: 'no spike' }
  const rivals = { segment, pr_auc: {}, difference: null, live: null, bar: barOf(1) }
  const decided = rivalsRun({ ...run, ...empty }, rivals, { moves: false, why: 'no' }, pair)
  await recordRuns([{ ...run, ...empty }, decided], { experiment: 'x', journal })
}

test('other pairs on any of the same stretch count, each once; the same pair and other stretches do not', async () => {
  const [from, to] = ['2026-01-05T01:00:00.000Z', '2026-01-05T02:00:00.000Z']
  const at = (pair: string, start = from, end = to) => looksAt(journal, pair, seconds(start), seconds(end))
  expect(at('a')).toBe(1)
  await look('a', from, to)
  expect([at('a'), at('b')]).toEqual([1, 2])
  await look('b', '2026-01-05T01:30:00.000Z', '2026-01-05T03:00:00.000Z')
  await look('b', '2026-01-05T01:00:00.000Z', '2026-01-05T02:30:00.000Z')
  expect([at('a'), at('c')]).toEqual([2, 3])
  expect(at('c', '2026-01-05T02:45:00.000Z', '2026-01-05T04:00:00.000Z')).toBe(2)
  expect(at('c', '2026-01-05T03:00:01.000Z', '2026-01-05T04:00:00.000Z')).toBe(1)
})

test('a pair is told by both models', () => {
  const pairs = [
    [linearArtifact, volatilityArtifact],
    [volatilityArtifact, linearArtifact],
    [linearArtifact, { ...volatilityArtifact, threshold: 0.1 }],
  ] as const
  expect(new Set(pairs.map(([a, b]) => pairOf(a, b))).size).toBe(3)
  expect(pairOf(linearArtifact, volatilityArtifact)).toBe(pairOf({ ...linearArtifact }, { ...volatilityArtifact }))
})
