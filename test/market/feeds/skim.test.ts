/**
 * Frames that are skimmed give what they give when all of them is parsed: the same events, or the same dead letter. On every shape,
 * every capture, and on seeded mutations of them; SPIKE60_MUTATIONS=5000000 tries more.
 */

import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { binanceFrames } from '../../../src/exchange/binance_market.ts'
import { simulateEquities } from '../../../src/exchange/equity_market.ts'
import { createFrameWriter } from '../../../src/exchange/frame_writer.ts'
import { marketMessages } from '../../../src/exchange/market_messages.ts'
import { createRandom } from '../../../src/exchange/random.ts'
import { parseBareLine } from '../../../src/market/bronze/bare_line.ts'
import { bronzeRecord, frameLine } from '../../../src/market/bronze/line.ts'
import { readRawBatches } from '../../../src/market/bronze/raw.ts'
import { newRawCounts } from '../../../src/market/bronze/raw_records.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import type { Feed } from '../../../src/market/feeds/feed.ts'
import { feedByName, feedOf, feeds } from '../../../src/market/feeds/feeds.ts'
import { parseFrameText, skimFrame } from '../../../src/market/feeds/frame_text.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { feedCases } from '../../fixtures/feed_cases.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { micros } from '../../fixtures/wire.ts'
import { needs } from '../../harness/needs.ts'

const seed = 20_261_201
const mutations = Number(process.env.SPIKE60_MUTATIONS ?? 150_000)
const skimming = feeds.filter(({ skim, venue }) => skim && venue !== 'simulated')
const wanted = ['BTC-USD', 'ETH-USD', 'BTCUSDT', 'ETHUSDT', 'AAPL', 'TSLA', 'AMZN', 'BRK.B'].map(name => ({
  as: name,
  symbol: name,
}))

/** Decodes texts as a reader of bronze that skims would, and as one that parses, and compares. */
function createJudge(feed: Feed) {
  const options = { ...decoding(), feeds: [{ feed, products: wanted }] }
  const [skims, parses] = [createDecoder(options), createDecoder(options)]
  const counts = { skimmed: 0, whole: 0, dead: 0 }
  let line = 0
  return {
    counts,
    judge(text: string, received_at = micros(line / 1000)): void {
      const frame = skimFrame(text, feed)
      const place = { received_at, feed: feed.name, connection: 'a', file: 'f', line: ++line }
      const whole: RawRecord = { ...place, ...parseFrameText(text) }
      const skimmed: RawRecord = frame === null ? whole : { ...place, text, frame, skimmed: true }
      const expected = parses.decode(whole)
      const found = skims.decode(skimmed)
      counts[frame === null ? 'whole' : 'skimmed']++
      if (expected.dead.length > 0) counts.dead++
      if (JSON.stringify(plain(found)) !== JSON.stringify(plain(expected)))
        expect(plain(found), text).toEqual(plain(expected))
      if (frame !== null && feedOf(frame) !== feedOf(whole.frame as object))
        expect(text).toBe('known for the same feed')
    },
    end: () => expect(skims.snapshot()).toEqual(parses.snapshot()),
  }
}

const plain = <T extends { ignored: ReadonlyMap<string, number> }>({ ignored, ...rest }: T) => ({
  ...rest,
  ignored: [...ignored],
})

/** As the exchanges send them, some of each shape. */
function textsOf(feed: Feed): string[] {
  const { simulator } = readConfig()
  const known = feedCases.find(one => one.feed === feed)!.frames.map(({ text }) => text)
  const texts: string[] = []
  if (feed.name === 'coinbase') {
    const frames = createFrameWriter(simulator.seed)
    for (const message of marketMessages({ ...simulator, hours: 0.01 }))
      if (message.channel === 'ticker') texts.push(frames.update(message))
    const short = '"product_id":"BTC-USD","price":"67377.24","best_bid":"67377.23","best_ask":"67377.24"'
    for (const figures of ['', ',"volume_24_h":"2415.76930637"'])
      texts.push(
        `{"channel":"ticker","timestamp":"2026-11-28T22:54:57.175677226Z","sequence_num":7,"events":[{"type":"update","tickers":[{"type":"ticker",${short}${figures}}]}]}`,
      )
  } else if (feed.name === 'polygon') {
    const tickers = { AAPL: 243.3, 'BRK.B': 500 }
    for (const { items } of simulateEquities({ seed, tickers, seconds: 60, trades_per_s: 1 }))
      texts.push(JSON.stringify(items))
    const times = '"t":1649169893847,"q":1769466,"z":3'
    for (const item of [
      `"ev":"T","sym":"AAPL","i":15589,"x":19,"trfi":202,"trft":1649169893840,"p":0.000001,"s":0,"ds":"0.5","c":[14,37,41],${times}`,
      `"ev":"T","c":[16],"sym":"TSLA","i":"15é","p":999999999.123457,"s":13.5,${times}`,
      `"ev":"Q","sym":"BRK.B","bx":4,"bp":0,"bs":0,"ax":7,"ap":114.128,"as":160,"c":0,"i":[604,1],${times}`,
    ])
      texts.push(`[{${item}}]`, `[{${item}},{${item}}]`)
  } else {
    const history = { addTrade() {}, addCandle() {}, answer() {} }
    for (const { text } of binanceFrames({ ...simulator, hours: 0.01 }, history)) texts.push(text)
    const levels = '["61737.63000000","0.00000000"],["61730.17000000","1.20000000"]'
    for (const side of ['', levels])
      texts.push(
        `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1796083200000,"s":"BTCUSDT","U":157,"u":160,"b":[${side}],"a":[${levels}]}}`,
      )
  }
  return [...known, ...texts.slice(0, 150), ...texts.slice(-6)]
}

const bits = [
  ...[
    '"',
    '\\',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '0',
    '-',
    '-1',
    'e',
    'e5',
    '.',
    ' ',
    '\t',
    '\n',
    '\u0000',
    '\u001f',
    '\u007f',
  ],
  ...[
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '"x"',
    '\\u0041',
    '\\"',
    '\ud800',
    '\u2028',
    'é',
    '1e999',
    '99999999999999999999',
  ],
  ...['"b":"1",', '"e":"trade",', '"price":"7",', ',"best_bid":"x"', ',"product_id":"ETH-USD"', '"__proto__":"1",'],
  ...[
    '"p":0,',
    '"p":1.10,',
    '"t":1.5,',
    '"i":[1],',
    '"c":[7.5],',
    '"c":[],',
    '"x":"4",',
    '"ev":"A",',
    '"trfi":2,',
    '"correction":1,',
  ],
  ...[',"best_ask":"1"', '"E":1,', '"s":"",', '"stream":"x",', '"channel":"heartbeats",', '"sequence_num":0,'],
]

/** The text with one to three of its places changed, a stretch left out, doubled or of another text put in. */
function mutate(text: string, other: string, random: ReturnType<typeof createRandom>): string {
  let out = text
  for (let left = 1 + random.whole(3); left > 0; left--) {
    const at = random.whole(out.length + 1)
    const to = Math.min(out.length, at + random.whole(random.whole(2) === 0 ? 3 : 40))
    const ways = [
      bits[random.whole(bits.length)],
      '',
      out.slice(at, to) + out.slice(at, to),
      String.fromCharCode(random.whole(128)),
      other.slice(at, to),
    ]
    out = out.slice(0, at) + ways[random.whole(ways.length)] + out.slice(to)
  }
  return out
}

describe.each(skimming.map(feed => [feed.name, feed] as const))('%s', (_, feed) => {
  const texts = textsOf(feed)

  test('the usual shapes are skimmed, and give what they give when parsed', () => {
    const { judge, counts, end } = createJudge(feed)
    for (const text of texts) judge(text)
    end()
    expect(counts.skimmed).toBeGreaterThan(0.8 * texts.length)
  })

  test('mutated frames give the same events or the same dead letter', { timeout: 600_000 }, () => {
    const random = createRandom(seed, `mutations ${feed.name}`)
    const { judge, counts } = createJudge(feed)
    for (let n = 0; n < mutations / skimming.length; n++)
      judge(mutate(texts[random.whole(texts.length)], texts[random.whole(texts.length)], random), micros(1))
    expect(counts.skimmed).toBeGreaterThan(mutations / 200)
    expect(counts.dead).toBeGreaterThan(mutations / 20)
  })

  test('lines of bronze with mutated places are read as lines that are parsed', () => {
    const random = createRandom(seed, `lines ${feed.name}`)
    for (let n = 0; n < mutations / (5 * skimming.length); n++) {
      const line = frameLine(feed.name, 'a.1', micros(1), texts[random.whole(texts.length)], { role: 'primary' })
      const mutated = mutate(line, line, random).replaceAll('\n', ' ')
      // A space before it: no line of ours, so all of it is parsed.
      const [found, parsed] = [mutated, ` ${mutated}`].map(read)
      if (found !== parsed) expect(found, mutated).toBe(parsed)
    }
  })

  test('a frame is recorded as it came, skimmed or not', () => {
    const unknown = (line: string): string => line.replace('"feed":"?"', `"feed":"${feed.name}"`)
    const random = createRandom(seed, `recorded ${feed.name}`)
    for (let n = 0; n < mutations / (10 * skimming.length); n++) {
      const text = mutate(texts[random.whole(texts.length)], '', random)
      expect(frameLine(feed.name, 'a', 1, text)).toBe(unknown(frameLine('?', 'a', 1, text)))
      const { frame, skimmed, ...bare } = parseBareLine(text) ?? {}
      if (skimmed) expect(bare).toEqual({ received_at: null, source: '', text })
    }
  })
})

/** What a line of bronze says, in words that do not tell how it was read. */
function read(line: string): string {
  const { frame, skimmed, ...rest } = bronzeRecord(line, 'f', 1, 0)
  if (frame === undefined) return JSON.stringify({ ...rest, text: rest.text?.trim() })
  const feed = feedByName(rest.feed)
  const reading = feed?.read(frame)
  return JSON.stringify([rest, skimmed && reading?.faults.length ? feed?.read(JSON.parse(rest.text!)) : reading])
}

const real: [string, number][] = [
  ['coinbase-all-channels-24s.jsonl.zst', 0.1],
  ['coinbase-ticker-2025-12-05.ndjson.gz', 1],
  ['coinbase-ticker-2025-12-06.ndjson.gz', 1],
  ['coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz', 1],
  ['coinbase-ticker-2026-04-04T0319-btc-eth.ndjson.gz', 0],
  ['coinbase-ticker-2026-04-04T2113.ndjson.gz', 0],
  ['coinbase-ticker-2026-04-04T2254.ndjson.gz', 1],
  ['binance-spot-30s.jsonl.zst', 0.9],
  ['binance/spot_streams_btcusdt_2024-08-08.txt.gz', 0.99],
  ['binance/spot_streams_ethusdt_2024-08-08.txt.gz', 0.99],
  ['binance/binance_futures_ws_2021.txt.gz', 0],
  ['polygon-trades-4.ndjson', 0.7],
]

describe('captures of real markets', needs(lacksCaptures), () => {
  test.each(real)('%s: skimmed and parsed alike', async (name, share) => {
    const judges = new Map<string, ReturnType<typeof createJudge>>()
    for await (const records of readRawBatches([captureFile(name)], newRawCounts()))
      for (const { feed, text, received_at } of records) {
        const known = feedByName(feed)
        if (known === undefined || text === undefined) continue
        if (!judges.has(feed)) judges.set(feed, createJudge(known))
        judges.get(feed)!.judge(text, received_at ?? undefined)
      }
    let [skimmed, all] = [0, 0]
    for (const { counts, end } of judges.values()) {
      end()
      skimmed += counts.skimmed
      all += counts.skimmed + counts.whole
    }
    expect(skimmed / all).toBeGreaterThanOrEqual(share)
  })
})
