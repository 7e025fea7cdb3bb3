import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configHash, readConfig } from '../../../src/config.ts'
import { specVersion } from '../../../src/core/features/spec.ts'
import { runFeaturizer } from '../../../src/jobs/featurize/run.ts'
import { decodeState, stateKey } from '../../../src/jobs/featurize/state.ts'
import { openStreams } from '../../../src/streams/open.ts'

const config = readConfig()
const whole = {
  format: 'spike60-featurizer',
  version: 1,
  spec_version: specVersion,
  config_hash: configHash(config),
  partition: 0,
  offset: 0,
  resume: 0,
  bars_from: 0,
  products: {},
}

test('a state is known by its format, its version and its numbers', () => {
  expect(decodeState(JSON.stringify(whole))).toEqual(whole)
  const torn = JSON.stringify(whole).slice(0, -9)
  for (const text of [torn, 'null', '[]', '{}', JSON.stringify({ ...whole, resume: null })])
    expect(decodeState(text), text).toBe(null)
  expect(decodeState(JSON.stringify({ ...whole, version: 2 }))).toBe(null)
})

test.each([
  ['torn', JSON.stringify(whole).slice(0, 40), 'LOG_CORRUPT', /is no state of a featurizer/],
  ['of another spec', JSON.stringify({ ...whole, spec_version: '0' }), 'BAD_CONFIG', /is of spec 0/],
])('a featurizer does not begin from a state that is %s', async (_, value, code, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-state-'))
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  const { raw, features, state } = config.topics
  try {
    await streams.createTopics([state])
    const writer = await streams.writer('test')
    await writer.commit({ records: [{ topic: state.name, key: stateKey(raw.name, 0), value }] })
    const finish = AbortSignal.abort()
    const run = runFeaturizer({ streams, config, topicIn: raw.name, topicOut: features.name, finish })
    await expect(run).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await streams.committed('featurizer', raw.name)).toEqual([])
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
