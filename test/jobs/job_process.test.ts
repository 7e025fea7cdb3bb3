import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeRow } from '../../src/core/features/row_json.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import { openStreams } from '../../src/streams/open.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { startVictim, type Victim } from '../harness/victim.ts'

let folder: string
const victims: Victim[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-infer-'))
})
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

function start(...args: string[]): Victim {
  const victim = startVictim(['models/infer.ts', ...args])
  victims.push(victim)
  return victim
}

async function until(victim: Victim, holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) {
    if (victim.ended() !== null) throw new Error(victim.log())
    await delay(30)
  }
}

test('a scorer that is there before its topic waits for it, and shows what it does on /metrics and /readyz', async () => {
  writeScorerModel(join(folder, 'model'))
  const topics = `embedded://${join(folder, 'log.db')}`
  const scorer = start('--topics', topics, '--model', join(folder, 'model'), '--metrics-port', '0', '--json')
  await until(scorer, () => scorer.readyAfter() !== null)
  const url = /"url":"([^"]+)"/.exec(scorer.log())![1]
  const answer = async (path: string): Promise<string> => (await fetch(url + path)).text()
  expect(await answer('/readyz')).toBe('ready\n')

  const streams = await openStreams(topics)
  try {
    const writer = await streams.writer('rows')
    const row = (product: string, second: number) => ({
      topic: 'ticks.features',
      key: product,
      value: encodeRow(
        product,
        second * 1e6,
        featureNames.map(() => 0.5),
      ),
    })
    const garbage = { topic: 'ticks.features', key: 'BTC-USD', value: '{"product":"BTC-USD"}' }
    await writer.commit({ records: [row('BTC-USD', 1), row('DOGE-USD', 1), garbage, row('ETH-USD', 1)] })
    // One transaction a partition: BTC-USD and the garbage, DOGE-USD and ETH-USD.
    await until(scorer, async () => (await answer('/metrics')).includes('\nspike60_scorer_transactions_total 2\n'))
    const metrics = await answer('/metrics')
    for (const line of ['rows_total 2', 'skipped_total 1', 'dead_letters_total 1', 'ready 1'])
      expect(metrics).toContain(`\nspike60_scorer_${line}\n`)
    await until(scorer, async () => (await answer('/metrics')).includes('scorer_lag_records{partition="0"} 0'))
    expect((await streams.ends('ticks.features.dlq')).map(({ offset }) => offset).toSorted()).toEqual([0, 1])
  } finally {
    await streams.close()
  }
  expect(scorer.log()).toContain('"msg":"not scored: no tau"')
  expect(scorer.log()).toContain('"msg":"dead letters"')
  expect(await scorer.stop()).toEqual({ code: 0, signal: null })
  expect(JSON.parse(scorer.out())).toMatchObject({ rows: 2, skipped: 1, dead: 1 })
})

test('a scorer to which nothing came says so in words, and in JSON with no time of a row', async () => {
  writeScorerModel(join(folder, 'model'))
  const topics = `embedded://${join(folder, 'nothing.db')}`
  const run = async (...args: string[]): Promise<string> => {
    const scorer = start('--topics', topics, '--model', join(folder, 'model'), ...args)
    await until(scorer, () => scorer.readyAfter() !== null)
    expect(await scorer.stop('SIGINT')).toEqual({ code: 0, signal: null })
    return scorer.out()
  }
  expect(await run()).toBe(
    '0 rows scored onto ticks.predictions, 0 alarms, 0 rows of unknown products skipped, 0 dead letters\n',
  )
  expect(JSON.parse(await run('--json'))).toMatchObject({ rows: 0, p50_ms: null, p99_ms: null, dead_letters: {} })
})

test('--partitions: a scorer of one partition leaves the other alone; what is no list of partitions is refused', async () => {
  writeScorerModel(join(folder, 'model'))
  const topics = `embedded://${join(folder, 'one.db')}`
  const streams = await openStreams(topics)
  try {
    await streams.createTopics([{ name: 'ticks.features', partitions: 2 }])
    const writer = await streams.writer('rows')
    const values = featureNames.map(() => 0.5)
    const keys = ['BTC-USD', 'ETH-USD', 'ETH-USD']
    const records = keys.map((key, i) => ({
      topic: 'ticks.features',
      key,
      value: encodeRow(key, (i + 1) * 1e6, values),
    }))
    const ends = await writer.commit({ records })
    const scorer = (own: string): Victim =>
      start('--topics', topics, '--model', join(folder, 'model'), '--until-end', '--json', '--partitions', own)
    const { partition } = ends.find(({ offset }) => offset === 2)!
    const one = scorer(`${partition}`)
    expect(await one.wait(), one.log()).toEqual({ code: 0, signal: null })
    expect(JSON.parse(one.out())).toMatchObject({ rows: 2 })
    expect(await streams.committed('infer-chaos-ticks.features-ticks.predictions', 'ticks.features')).toEqual([
      { topic: 'ticks.features', partition, offset: 2 },
    ])
    for (const [own, told] of [
      ['0,2', "--partitions takes numbers from 0 to 1, not '2'"],
      ['0,', "--partitions takes whole numbers with commas between, not '0,'"],
    ]) {
      const wrong = scorer(own)
      expect(await wrong.wait()).toEqual({ code: 2, signal: null })
      expect(wrong.log()).toBe(`infer: ${told}\n`)
    }
  } finally {
    await streams.close()
  }
})

test('a model of another spec version is refused before any topic is touched', async () => {
  writeScorerModel(join(folder, 'other'))
  const file = join(folder, 'other', 'model.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"spec_version":"[^"]*"/, '"spec_version":"0"'))
  const log = join(folder, 'never.db')
  const scorer = start('--topics', `embedded://${log}`, '--model', join(folder, 'other'))
  expect(await scorer.wait()).toEqual({ code: 2, signal: null })
  expect(scorer.log().trimEnd().split('\n')).toEqual([expect.stringMatching(/spec_version: .*train again/)])
  expect(existsSync(log)).toBe(false)
})
