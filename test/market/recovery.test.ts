import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { MarketEvent } from '../../src/core/events/event.ts'
import type { IngestOptions } from '../../src/market/ingest_options.ts'
import { messageTime } from '../../src/market/socket/clock.ts'
import { envelope, micros, start, subscriptions, ticker } from '../fixtures/wire.ts'
import type { Guest, Script } from '../harness/hostile_exchange.ts'
import { channels, leave, meet, over, products, welcome } from '../harness/hostile_run.ts'
import { expectRecovered, type Lost, market } from '../harness/recovery.ts'

afterEach(leave)

const [cut, back, end] = [60, 80, 200]
const before = market(0, cut, 2)
const after = market(back, end, 2)
const whole = market(0, end, 2)

let calm: MarketEvent[]
beforeAll(async () => {
  const { events, gaps } = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...whole)
      over(guest)
    },
  ])
  expect(gaps).toEqual([])
  calm = events
  await leave()
})

/** The quotes of a second stand at its half, its trade a tenth later. */
const lostBetween = (reason: Lost['reason']): Record<string, Lost[]> => ({
  [products[0]]: [{ from: cut - 0.4, to: back + 0.5, reason }],
  [products[1]]: [{ from: cut - 0.5, to: back + 0.5, reason }],
})

const comeBack: Script = async guest => {
  await welcome(guest, back)
  await guest.send(...after)
  over(guest)
}

type Incident = (guest: Guest) => Promise<void> | void

const breaking: [string, Lost['reason'], Incident, Partial<IngestOptions>][] = [
  ...[1000, 1001, 1008, 1009, 1011, 1012, 1013, 4000].map((code): [string, 'disconnect', Incident, object] => [
    `the close code ${code}`,
    'disconnect',
    ({ socket }) => socket.close(code, 'for a reason'),
    {},
  ]),
  [
    'a reset without a closing handshake',
    'disconnect',
    async ({ socket, wire }) => {
      // A reset takes away what was not read yet.
      socket.ping()
      await once(socket, 'pong')
      wire.resetAndDestroy()
    },
    {},
  ],
  ['half-open silence', 'stale', () => {}, { staleAfterMs: 1000 }],
  [
    'a frame that never ends',
    'stale',
    async ({ socket, gone }) => {
      const slow = setInterval(() => socket.send('x', { fin: false }), 20)
      await gone
      clearInterval(slow)
    },
    { staleAfterMs: 1000 },
  ],
  ['a frame beyond 16 MiB', 'disconnect', guest => guest.send('x'.repeat((16 << 20) + 1)), {}],
  ['bytes that are no WebSocket frame', 'disconnect', ({ wire }) => void wire.write(Buffer.alloc(64, 0xff)), {}],
  ['text that is not UTF-8', 'disconnect', ({ wire }) => void wire.write(Buffer.from([0x81, 2, 0xc3, 0x28])), {}],
]

test.each(breaking)('after %s', async (_, reason, incident, options) => {
  const outcome = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        await guest.send(...before)
        await incident(guest)
      },
      comeBack,
    ],
    options,
  )
  expectRecovered(outcome, { sent: [...before, ...after], lost: lostBetween(reason), calm })
})

test('after a drop at any byte of a frame, its head included', async () => {
  const payload = Buffer.from(ticker(8, 2.5))
  const frame = Buffer.concat([Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]), payload])
  const cuts = Array.from({ length: frame.length }, (_, bytes) => bytes)
  const sent: string[] = []
  // Each connection has a second of its own market, two seconds before the next one begins.
  const scripts = cuts.map(
    (bytes, n): Script =>
      async guest => {
        await welcome(guest, 3 * n)
        const whole = market(3 * n, 3 * n + 1, 2)
        sent.push(...whole)
        await guest.send(...whole)
        guest.wire.write(frame.subarray(0, bytes), () => guest.wire.destroy())
      },
  )
  const last = 3 * cuts.length
  const final: Script = async guest => {
    await welcome(guest, last)
    const whole = market(last, last + 150, 2)
    sent.push(...whole)
    await guest.send(...whole)
    over(guest)
  }
  const outcome = await meet([...scripts, final])
  const gaps = (from: number): Lost[] => cuts.map(n => ({ from: 3 * n + from, to: 3 * n + 3.5, reason: 'disconnect' }))
  const same = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...market(0, last + 150, 2))
      over(guest)
    },
  ])
  expectRecovered(outcome, { sent, lost: { [products[0]]: gaps(0.6), [products[1]]: gaps(0.5) }, calm: same.events })
  expect(outcome.lines.filter(({ control }) => control).map(({ control }) => control)).toEqual(
    Array(cuts.length + 1)
      .fill(['open', 'close'])
      .flat(),
  )
})

test('after slow frames, in pieces over half a second', async () => {
  const frames = [...whole]
  const [slow] = frames.splice(300, 1)
  const outcome = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        await guest.send(...whole.slice(0, 300))
        for (let i = 0; i < 10; i++) {
          guest.socket.send(slow.slice((i * slow.length) / 10, ((i + 1) * slow.length) / 10), { fin: i === 9 })
          await delay(50)
        }
        await guest.send(...frames.slice(300))
        over(guest)
      },
    ],
    { staleAfterMs: 2000 },
  )
  expectRecovered(outcome, { sent: whole, lost: {}, calm })
})

test('after a snapshot of 5 MB', async () => {
  const updates = Array.from({ length: 50_000 }, (_, i) => ({
    ...{ side: i % 2 ? 'bid' : 'offer', event_time: '2026-01-05T00:01:00Z', price_level: `${i}`, new_quantity: '1.5' },
  }))
  const snapshot = envelope('l2_data', 2 + before.length, cut, [{ type: 'snapshot', product_id: products[0], updates }])
  expect(snapshot.length).toBeGreaterThan(5_000_000 - 1_000_000)
  const sent = [...before, snapshot, ...market(cut, end, 3 + before.length)]
  const outcome = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...sent)
      over(guest)
    },
  ])
  expectRecovered(outcome, { sent, lost: {}, calm })
})

const limited = '{"type":"error","message":"rate limit exceeded"}'

const refusals: [string, Script, string[], number][] = [
  [
    'errors instead of acknowledgements',
    async guest => {
      await guest.asked(channels.length)
      await guest.send('{"type":"error","message":"authentication failure"}')
      await guest.asked(2 * channels.length)
    },
    ['{"type":"error","message":"authentication failure"}'],
    2,
  ],
  [
    'a subscription refused by the rate limit, twice',
    async guest => {
      await guest.asked(channels.length)
      await guest.send(limited)
      await guest.asked(2 * channels.length)
      await guest.send(limited)
      await guest.asked(3 * channels.length)
    },
    [limited, limited],
    3,
  ],
  [
    'acknowledgements that leave out a product',
    async guest => {
      await guest.asked(channels.length)
      await guest.send(subscriptions(0, back, [products[0]]), subscriptions(1, back, [products[0]]))
      await guest.asked(2 * channels.length)
    },
    [],
    2,
  ],
]

test.each(refusals)('after %s', async (_, refuse, errors, times) => {
  const outcome = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...before)
      guest.socket.close(1012)
    },
    async guest => {
      await refuse(guest)
      const first = errors.length > 0 ? 0 : 2
      await guest.send(subscriptions(first, back, products), subscriptions(first + 1, back, products))
      await guest.send(...market(back, end, first + 2))
      over(guest)
    },
  ])
  const sent = [...before, ...errors, ...market(back, end, errors.length > 0 ? 2 : 4)]
  expectRecovered(outcome, { sent, lost: lostBetween('disconnect'), asked: [1, times], calm })
})

test('after connections refused with 429', async () => {
  const outcome = await meet([comeBack], {}, 3)
  const from = calm.filter(({ time }) => time >= micros(back))
  expectRecovered(outcome, { sent: after, lost: {}, calm: from })
})

const insideOne: [string, string[], Record<string, Lost[]>][] = [
  ['lost frames', whole.toSpliced(180, 30), sequenceGap(180, 210)],
  ['one lost frame', whole.toSpliced(100, 1), sequenceGap(100, 101)],
  ['repeated frames', whole.flatMap((frame, i) => (i % 7 ? [frame] : [frame, frame, whole[Math.max(0, i - 3)]])), {}],
]

/** Frames from one place to the other are missing. */
function sequenceGap(first: number, next: number): Record<string, Lost[]> {
  const seconds = (i: number): number => (messageTime(whole[i])! - micros(0)) / 1e6
  const lost: Lost[] = [{ from: seconds(first - 1), to: seconds(next), reason: 'sequence' }]
  return Object.fromEntries(products.map(product => [product, lost]))
}

test.each(insideOne)('after %s', async (_, sent, lost) => {
  const outcome = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...sent)
      over(guest)
    },
  ])
  expectRecovered(outcome, { sent, lost, calm })
})

test('after reordered frames: none is lost, and the gap that was told is taken back', async () => {
  const sent = [...whole]
  ;[sent[90], sent[91]] = [sent[91], sent[90]]
  const outcome = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...sent)
      over(guest)
    },
  ])
  expectRecovered(outcome, { sent, lost: {}, calm })
  expect(outcome.gaps.map(({ withdrawn }) => withdrawn === true)).toEqual([false, false, true, true])
  const identities = (events: MarketEvent[]) => events.filter(({ type }) => type === 'quote' || type === 'trade').length
  expect(identities(outcome.events)).toBe(identities(calm))
})

test.each([-5, 5])('after a clock that is %i s off', async off => {
  const stamp = (text: string): number => (messageTime(text) ?? micros(0)) - off * 1e6
  const outcome = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        await guest.send(...before)
        guest.socket.close(1001)
      },
      comeBack,
    ],
    { stamp },
  )
  expectRecovered(outcome, { sent: [...before, ...after], lost: lostBetween('disconnect'), calm })
  expect(outcome.dead).toEqual([])
})

test('after a frame dated 2099, and a drop', async () => {
  const far = ticker(2 + before.length, (Date.UTC(2099, 0, 1) - start) / 1000)
  let last = micros(0)
  const stamp = (text: string): number => {
    const time = messageTime(text)
    if (time !== null && time < micros(1e6)) last = Math.max(last, time)
    return last
  }
  const outcome = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        await guest.send(...before, far)
        guest.socket.close(1001)
      },
      comeBack,
    ],
    { stamp },
  )
  expectRecovered(outcome, { sent: [...before, far, ...after], lost: lostBetween('disconnect'), calm })
  expect(outcome.dead).toEqual(['time_ahead'])
})

test('after a day with 200 reconnects', async () => {
  const step = 432
  const parts = Array.from({ length: 201 }, (_, n) => market(n * step, n * step + (n === 200 ? 150 : 3), 2))
  const scripts = parts.map(
    (frames, n): Script =>
      async guest => {
        await welcome(guest, n * step)
        await guest.send(...frames)
        if (n === 200) over(guest)
        else if (n % 2 === 0) guest.socket.close(1001)
        else guest.wire.destroy()
      },
  )
  const outcome = await meet(scripts)
  const gaps = (from: number): Lost[] =>
    parts.slice(1).map((_, n) => ({ from: n * step + from, to: (n + 1) * step + 0.5, reason: 'disconnect' }))
  const alone = await meet([
    async guest => {
      await welcome(guest, 200 * step)
      await guest.send(...parts[200])
      over(guest)
    },
  ])
  const lost = { [products[0]]: gaps(2.6), [products[1]]: gaps(2.5) }
  expectRecovered(outcome, { sent: parts.flat(), lost, calm: alone.events })
})
