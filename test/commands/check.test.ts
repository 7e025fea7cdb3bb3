import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { encodeEvent } from '../../src/core/events/event_json.ts'
import { encodeRow } from '../../src/core/features/row_json.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Outgoing, Streams } from '../../src/streams/port.ts'

const script = fileURLToPath(new URL('../../scripts/kafka_consume_check.ts', import.meta.url))
const start = 1_767_225_600_000_000
const folder = mkdtempSync(join(tmpdir(), 'spike60-check-'))
let spec: string
let streams: Streams
let logs = 0

beforeEach(async () => {
  spec = `embedded://${join(folder, `${logs++}.db`)}`
  streams = await openStreams(spec)
  await streams.createTopics(
    ['ticks.raw', 'demo7.ticks.features', 'ticks.features', 'other'].map(name => ({ name, partitions: 2 })),
  )
  return () => streams.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function write(records: Outgoing[], positions: { partition: number; offset: number }[] = []): Promise<void> {
  const writer = await streams.writer('test')
  await writer.commit({
    records,
    group: 'featurizer',
    positions: positions.map(position => ({ topic: 'ticks.raw', ...position })),
  })
}

interface Outcome {
  code: number
  summary: Record<string, unknown> | null
  errors: string[]
}

function check(...options: string[]): Promise<Outcome> {
  const args = [script, '--topics', spec, '--json', ...options]
  return new Promise(resolve => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      const last = stdout.trim().split('\n').at(-1)
      resolve({
        code: error ? Number(error.code) : 0,
        summary: last ? JSON.parse(last) : null,
        errors: stderr.trim().split('\n').filter(Boolean),
      })
    })
  })
}

const base = (product: string, second: number) => ({
  feed: 'coinbase',
  product,
  time: start + second * 1e6,
  received_at: null,
  connection: 'c1',
  sequence: second,
  index: 0,
})
const quote = (product: string, second: number): Outgoing => {
  const sizes = { bid_size: null, ask_size: '1.5', last: '67000.5' }
  const event: MarketEvent = { ...base(product, second), type: 'quote', bid: '67000.01', ask: '67000.02', ...sizes }
  return { topic: 'ticks.raw', key: product, value: encodeEvent(event) }
}
const gap = (product: string, second: number, missing: number | null): Outgoing => {
  const one = base(product, second)
  const span = { from: one.time - 3e6, to: one.time, missing }
  return { topic: 'ticks.raw', key: product, value: encodeEvent({ ...one, type: 'gap', reason: 'sequence', ...span }) }
}

describe('what stands on ticks.raw', () => {
  test('is counted by product, with rate, holes, repeats and lag', async () => {
    const records = [0, 1, 2, 3, 4].map(second => quote('BTC-USD', second))
    await write([...records, records[2], quote('ETH-USD', 10), gap('ETH-USD', 8, 4), gap('ETH-USD', 9, null)])
    const { code, summary, errors } = await check('--topic', 'ticks.raw', '--min', '9')
    expect({ code, errors }).toEqual({ code: 0, errors: [] })
    expect(summary).toMatchObject({
      topic: 'ticks.raw',
      count: 9,
      rate: { event_time: 0.9 },
      products: {
        'BTC-USD': { count: 6, first: start, last: start + 4e6, gaps: 0, repeats: 1 },
        'ETH-USD': { count: 3, gaps: 2, repeats: 0, feeds: ['coinbase'] },
      },
      gaps: 2,
      missing: 3,
      repeats: 1,
      invalid: 0,
      lag: { group: 'featurizer', records: 9 },
      ok: true,
    })
  })

  test('names its products as they can be shown, each within its line', async () => {
    await write([quote('A\u001b[2J\nB: 9 quotes', 1)])
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--topics', spec, '--topic', 'ticks.raw'])
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^ticks\.raw: 1 records/),
      expect.stringMatching(/^ {2}A\\u001b\[2J\\nB: 9 quotes: 1, .* 0 repeats, of coinbase$/),
      ...[expect.stringMatching(/^holes: /), expect.stringMatching(/^lag of /), ''],
    ])
  })

  test('lag is what the featurizer has not committed', async () => {
    await write([0, 1, 2, 3, 4].map(second => quote('BTC-USD', second)))
    const [partition] = (await streams.ends('ticks.raw')).filter(({ offset }) => offset === 5)
    await write([], [{ ...partition, offset: 3 }])
    const { summary } = await check('--topic', 'ticks.raw')
    expect(summary?.lag).toMatchObject({ records: 2, partitions: { [partition.partition]: 2 } })
  })

  test.each([
    ['{"type":', 'is not JSON'],
    ['[1]', 'nvalid input'],
    [JSON.stringify({ ...base('BTC-USD', 1), type: 'clock', extra: 1 }), 'extra'],
    [JSON.stringify({ ...base('BTC-USD', 1), type: 'clock', time: 1.5 }), 'time'],
    [JSON.stringify({ ...base('ETH-USD', 1), type: 'clock' }), "key 'BTC-USD'"],
  ])('%s is invalid', async (value, reason) => {
    await write([quote('BTC-USD', 0), { topic: 'ticks.raw', key: 'BTC-USD', value }])
    const { code, summary, errors } = await check('--topic', 'ticks.raw')
    expect(code).toBe(1)
    expect(summary).toMatchObject({ count: 2, invalid: 1, invalid_records: [{ offset: 1 }], ok: false })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain('offset 1')
    expect(errors[0]).toContain(reason)
  })

  test('too few of it is one line and exit 1', async () => {
    await write([quote('BTC-USD', 0)])
    const { code, errors } = await check('--topic', 'ticks.raw', '--min', '100')
    expect(code).toBe(1)
    expect(errors).toEqual(['kafka_consume_check: topic ticks.raw holds 1 records, fewer than --min 100'])
  })

  test('is waited for when told so', async () => {
    const outcome = check('--topic', 'ticks.raw', '--min', '1', '--seconds', '20')
    await write([quote('BTC-USD', 0)])
    expect(await outcome).toMatchObject({ code: 0, summary: { count: 1, ok: true } })
  })
})

describe('other topics', () => {
  test.each(['ticks.features', 'demo7.ticks.features'])(
    'a row of %s must be one of the spec, without labels',
    async topic => {
      const values = featureNames.map((_, i) => (i % 5 === 0 ? Number.NaN : i / 7))
      const good = encodeRow('BTC-USD', start, values)
      const leak = JSON.stringify({ ...JSON.parse(good), time: start + 1e6, sigma_future: 1 })
      await write([good, leak].map(value => ({ topic, key: 'BTC-USD', value })))
      const { code, summary, errors } = await check('--topic', topic)
      expect({ code, count: summary?.count, invalid: summary?.invalid }).toEqual({ code: 1, count: 2, invalid: 1 })
      expect(errors[0]).toContain('sigma_future')
    },
  )

  test('anything else is JSON with a key', async () => {
    await write([
      { topic: 'other', key: 'a', value: '{"x":1}' },
      { topic: 'other', key: '', value: '{}' },
    ])
    expect(await check('--topic', 'other')).toMatchObject({ code: 1, summary: { count: 2, invalid: 1, lag: null } })
  })
})

describe('what cannot be checked is said in one line', () => {
  test.each([
    [['--topic', 'nowhere'], 2, 'nowhere'],
    [['--topic', 'ticks.raw', '--min', 'many'], 2, '--min'],
    [['--topic', 'ticks.raw', '--topics', 'kafka://127.0.0.1:1'], 1, '127.0.0.1:1'],
    [[], 2, '--topic'],
  ] as [string[], number, string][])('%j', async (options, exit, named) => {
    const { code, errors } = await check(...options)
    expect(code).toBe(exit)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain(named)
  })
})
