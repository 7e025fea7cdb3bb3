import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configHash, readConfig } from '../../../src/config.ts'
import { specVersion } from '../../../src/core/features/spec.ts'
import { runFeaturizer } from '../../../src/jobs/featurize/run.ts'
import { decodeState, stateKey } from '../../../src/jobs/partitions/partition_state.ts'
import { openStreams } from '../../../src/streams/open.ts'

const config = readConfig()
const settings = `spec ${specVersion}, configuration ${configHash(config)}`
const whole = {
  ...{ format: 'spike60-job', version: 1, settings },
  ...{ inputs: { 'ticks.raw': { offset: 7, from: 3 } }, recall: { 'ticks.bars': 0 }, memory: { products: {} } },
}

test('a state is known by its format, its version and its numbers', () => {
  expect(decodeState(JSON.stringify(whole))).toEqual(whole)
  const torn = JSON.stringify(whole).slice(0, -9)
  const unplaced = { ...whole, inputs: { 'ticks.raw': { offset: 7, from: null } } }
  for (const text of [torn, 'null', '[]', '{}', JSON.stringify(unplaced)]) expect(decodeState(text), text).toBe(null)
  expect(decodeState(JSON.stringify({ ...whole, version: 2 }))).toBe(null)
})

test.each([
  ['torn', JSON.stringify(whole).slice(0, 40), 'LOG_CORRUPT', /is no state that this version reads/],
  ['of a former version', '{"format":"spike60-featurizer","version":1,"offset":7}', 'LOG_CORRUPT', /is no state that/],
  ['of another spec', JSON.stringify({ ...whole, settings: 'spec 0' }), 'BAD_CONFIG', /is of spec 0, not spec/],
])('a featurizer does not begin from a state that is %s', async (_, value, code, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-state-'))
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  const { raw, features, state } = config.topics
  try {
    await streams.createTopics([state, raw])
    const writer = await streams.writer('test')
    const clock = {
      product: 'A-USD',
      time: 1e6,
      received_at: null,
      connection: 'c',
      sequence: 1,
      index: 0,
      type: 'clock',
    }
    const event = { topic: raw.name, key: 'A-USD', value: JSON.stringify(clock) }
    await writer.commit({ records: [event, { topic: state.name, key: stateKey(`featurizer ${raw.name}`, 0), value }] })
    const finish = AbortSignal.abort()
    const run = runFeaturizer({ streams, config, topicIn: raw.name, topicOut: features.name, finish })
    await expect(run).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await streams.committed('featurizer', raw.name)).toEqual([])
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
