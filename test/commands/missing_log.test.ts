/** What only reads makes nothing: no log, no folder, no file. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openStreams } from '../../src/streams/open.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { startVictim } from '../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-missing-'))
const model = join(folder, 'model')
writeScorerModel(model)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const finite = [
  ['features/featurizer.ts', '--until-end', '--parquet', join(folder, 'run', 'rows.parquet')],
  ['models/infer.ts', '--until-end', '--model', model],
  ['scripts/settle.ts'],
  ['scripts/kafka_consume_check.ts', '--topic', 'ticks.raw'],
  ['scripts/redrive.ts'],
  ['scripts/drift.ts', '--profile', join(folder, 'profile.json'), '--topic', 'ticks.features'],
]

const run = async (args: string[]) => {
  const victim = startVictim(args)
  const { code } = await victim.wait()
  return { code, lines: victim.log().trimEnd().split('\n') }
}

test('a command that takes in what is there refuses a log that is not, in one line, and makes nothing', async () => {
  const missing = join(folder, 'run', 'mistyped.db')
  for (const { code, lines } of await Promise.all(
    finite.map(args => run([...args, '--topics', `embedded://${missing}`])),
  )) {
    expect(lines).toEqual([expect.stringMatching(/mistyped\.db: there is no topic log; .*--topics$/)])
    expect(code).toBe(2)
  }
  expect(readdirSync(folder)).toEqual(['model'])
}, 60_000)

test('a mistyped topic of input is refused by what ends with it, and is not made', async () => {
  mkdirSync(join(folder, 'one'))
  const topics = `embedded://${join(folder, 'one', 'log.db')}`
  const streams = await openStreams(topics)
  try {
    const mistyped = [
      [...finite[0].slice(0, 2), '--parquet', join(folder, 'one', 'rows.parquet'), '--topic_in', 'ticks.rwa'],
      [...finite[1], '--topic_in', 'ticks.rwa'],
      [...finite[2], '--predictions', 'ticks.rwa'],
    ]
    for (const { code, lines } of await Promise.all(mistyped.map(args => run([...args, '--topics', topics])))) {
      expect(lines).toEqual([
        expect.stringMatching(/there is no topic 'ticks\.rwa'; create it first or check its name/),
      ])
      expect(code).toBe(2)
    }
    await expect(streams.ends('ticks.rwa')).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
    expect(readdirSync(join(folder, 'one')).filter(name => !name.startsWith('log.db'))).toEqual([])
  } finally {
    await streams.close()
  }
}, 60_000)
