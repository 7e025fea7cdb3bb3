import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { SpikeError } from '../../../src/errors.ts'
import { type EventReader, readEvents } from '../../../src/market/decode/events.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { simulatedCaptures } from '../../fixtures/simulated_captures.ts'
import { needs } from '../../harness/needs.ts'

interface Seen {
  reader: EventReader
  connections: Set<string>
  from: number
  to: number
}

async function read(...paths: string[]): Promise<Seen> {
  const reader = readEvents(paths, readConfig())
  const seen = { reader, connections: new Set<string>(), from: Number.POSITIVE_INFINITY, to: 0 }
  for await (const { events } of reader) {
    for (const event of events) {
      seen.connections.add(event.connection)
      seen.from = Math.min(seen.from, event.time)
      seen.to = Math.max(seen.to, event.time)
    }
  }
  return seen
}

/** File, lines, quotes, sequence gaps: as counted by other means (zcat, wc and a walk over sequence_num). */
const tickers: [string, number, number][] = [
  ['coinbase-ticker-2026-04-04T2113.ndjson.gz', 3108, 1],
  ['coinbase-ticker-2025-12-05.ndjson.gz', 8174, 0],
  ['coinbase-ticker-2025-12-06.ndjson.gz', 53332, 0],
  ['coinbase-ticker-2026-04-04T2254.ndjson.gz', 10881, 0],
  ['coinbase-ticker-2026-04-04T0319-btc-eth.ndjson.gz', 2500, 2 * 629],
  ['coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz', 30123, 0],
]

const readReal = (...names: string[]): Promise<Seen> => read(...names.map(captureFile))

it.each(simulatedCaptures())('$name: what was put into it', async ({ path, lines, quotes, clocks, gaps }) => {
  const { reader } = await read(path)
  expect(reader.lines).toEqual({ lines, torn: 0 })
  expect(reader.counters).toMatchObject({ events: { quote: quotes, clock: clocks, gap: gaps }, dead: {}, rejected: 0 })
})

describe('captures of real markets', needs(lacksCaptures), () => {
  it.each(tickers)('%s: every line is a quote', async (name, lines, gaps) => {
    const { reader, connections } = await readReal(name)
    expect(reader.lines).toEqual({ lines, torn: 0 })
    expect(reader.counters).toMatchObject({
      frames: lines,
      events: { quote: lines, trade: 0, clock: 0, gap: gaps },
      gaps: { sequence: gaps },
      dead: {},
      rejected: 0,
    })
    expect(connections.size).toBe(1)
  })

  it('the older feed: tickers are quotes and trades', async () => {
    const { reader } = await readReal('coinbase-exchange-2025-11-legacy.ndjson.gz')
    expect(reader.counters).toMatchObject({ frames: 6000, events: { quote: 5996, trade: 5996, gap: 0 }, dead: {} })
  })

  it('all channels: trades and clocks too, no hole', async () => {
    const { reader } = await readReal('coinbase-all-channels-24s.jsonl.zst')
    expect(reader.counters).toMatchObject({ frames: 1030, events: { quote: 160, clock: 50, gap: 0 }, dead: {} })
  })

  it('files of several days run in order, with a disconnect between recordings', async () => {
    const { reader, from, to } = await readReal(
      'coinbase-ticker-2025-12-06.ndjson.gz',
      'coinbase-ticker-2025-12-05.ndjson.gz',
    )
    expect(reader.counters.gaps).toEqual({ sequence: 0, disconnect: 1, stale: 0 })
    expect(new Date(from / 1000).toISOString()).toBe('2025-12-05T20:33:01.669Z')
    expect(new Date(to / 1000).toISOString()).toBe('2025-12-06T07:41:40.829Z')
  })

  it('two of one recording are refused', async () => {
    const names = tickers.map(([name]) => name).filter(name => name.includes('T0319'))
    await expect(readReal(...names)).rejects.toMatchObject({ code: 'OVERLAPPING_FILES' } satisfies Partial<SpikeError>)
  })

  it('other exchanges are no usable file yet', async () => {
    await expect(readReal('binance-spot-30s.jsonl.zst', 'coincap-trades-5.ndjson')).rejects.toMatchObject({
      code: 'BAD_FILE',
      faults: [expect.stringContaining('binance'), expect.stringContaining('coincap')],
    })
  })
})
