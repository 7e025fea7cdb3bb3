import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { alertOf } from '../../../src/core/indicators/alerts/alert_row.ts'
import { type Delivery, deliver } from '../../../src/jobs/alerts/deliver.ts'
import { receiversOf } from '../../../src/jobs/alerts/receivers.ts'
import { redact } from '../../../src/operations/redact.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'

const topic = 'market.alerts'
const pace = { timeout: 800, first: 5, longest: 20 }

interface Seen {
  url: string
  id: string
  body: { id: string }
}

/** A receiver that answers each request as told; the last answer stands for all that follow. */
async function receiver(...answers: (number | 'hang')[]): Promise<{ url: string; seen: Seen[]; close: () => void }> {
  const seen: Seen[] = []
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    for await (const part of request) text += part
    seen.push({
      url: request.url!,
      id: decodeURIComponent(`${request.headers['idempotency-key']}`),
      body: JSON.parse(text),
    })
    const answer = answers.length > 1 ? answers.shift()! : answers[0]
    if (answer === 'hang') return
    response.writeHead(answer, { location: 'http://127.0.0.1:1/elsewhere' })
    response.end('words')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/S3CR3T`, seen, close }
}

async function withAlerts(use: (streams: Streams) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-deliver-'))
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  try {
    await streams.createTopics([{ name: topic, partitions: 2 }])
    const writer = await streams.writer('alerts')
    const alerts = [1, 2, 3].map(time => alertOf('price_move', 'BTC-USD', time, 1.25, 1))
    await writer.commit({
      records: [...alerts.map(alert => JSON.stringify(alert)), '{no alert'].map(value => ({
        topic,
        key: 'BTC-USD',
        value,
      })),
    })
    await use(streams)
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Delivers until something holds, then stops. */
async function deliverUntil(streams: Streams, url: string, enough: (delivery: Delivery) => boolean): Promise<Delivery> {
  const [to] = receiversOf({ ALERT_WEBHOOK_URL: url })
  const delivery: Delivery = { name: to.name, delivered: 0, failed: 0, refused: 0 }
  const stop = new AbortController()
  const done = deliver({
    streams,
    topic: { name: topic, partitions: 2 },
    receiver: to,
    delivery,
    stop: stop.signal,
    pace,
  })
  await expect.poll(() => enough(delivery), { timeout: 10_000, interval: 5 }).toBe(true)
  stop.abort()
  await done
  return delivery
}

/** The first request of a process takes long. */
beforeAll(async () => {
  const { url, close } = await receiver(200)
  await fetch(url, { method: 'POST', body: '{}' })
  close()
})

const ids = [1, 2, 3].map(time => `price_move BTC-USD ${time}`)

describe('alerts reach a webhook', () => {
  test('each once and in order where nothing goes wrong; the next start goes on after them', async () => {
    await withAlerts(async streams => {
      const { url, seen, close } = await receiver(204)
      await deliverUntil(streams, url, ({ delivered }) => delivered === 3)
      expect(seen.map(({ id }) => id)).toEqual(ids)
      expect(seen[0].body).toMatchObject({
        ...{ id: ids[0], time: '1970-01-01T00:00:01.000Z', value: 1.25, limit: 1, unit: '%' },
        text: 'price_move BTC-USD: 1.25 %, limit 1',
      })
      const writer = await streams.writer('more')
      const value = JSON.stringify(alertOf('stale', 'ETH-USD', 9, 31, 30))
      await writer.commit({ records: [{ topic, key: 'ETH-USD', value }] })
      await deliverUntil(streams, url, ({ delivered }) => delivered === 1)
      expect(seen.slice(3).map(({ id }) => id)).toEqual(['stale ETH-USD 9'])
      close()
    })
  })

  test('one that hangs, is busy or fails is asked again until it takes them; nothing is left out', async () => {
    await withAlerts(async streams => {
      const { url, seen, close } = await receiver('hang', 503, 429, 200)
      const { delivered, failed } = await deliverUntil(streams, url, one => one.delivered === 3)
      expect({ delivered, failed }).toEqual({ delivered: 3, failed: 3 })
      expect(seen.map(({ id }) => id)).toEqual([ids[0], ids[0], ids[0], ...ids])
      close()
    })
  })

  test('one that hangs for good is left within the limit when the job ends, and its alert comes to the next one', async () => {
    await withAlerts(async streams => {
      const deaf = await receiver('hang')
      const began = performance.now()
      const first = await deliverUntil(streams, deaf.url, ({ failed }) => failed >= 1)
      expect(performance.now() - began).toBeLessThan(5000)
      expect(first).toMatchObject({ delivered: 0, refused: 0 })
      const { url, seen, close } = await receiver(200)
      await deliverUntil(streams, url, ({ delivered }) => delivered === 3)
      expect(seen.map(({ id }) => id)).toEqual(ids)
      deaf.close()
      close()
    })
  })

  test('what it refuses, or points elsewhere, is counted and does not hold up the others', async () => {
    await withAlerts(async streams => {
      const { url, seen, close } = await receiver(400, 302, 200)
      const result = await deliverUntil(streams, url, ({ delivered }) => delivered === 1)
      expect(result).toMatchObject({ delivered: 1, refused: 2, failed: 0 })
      expect(seen.map(({ id }) => id)).toEqual(ids)
      close()
    })
  })
})

test('a topic that is not there yet is made, not refused: the job may begin later', async () => {
  await withAlerts(async streams => {
    const { url, seen, close } = await receiver(200)
    const [to] = receiversOf({ ALERT_WEBHOOK_URL: url })
    const delivery: Delivery = { name: to.name, delivered: 0, failed: 0, refused: 0 }
    const stop = new AbortController()
    const other = { name: 'market.alerts.other', partitions: 2 }
    const done = deliver({ streams, topic: other, receiver: to, delivery, stop: stop.signal, pace })
    await expect
      .poll(
        () =>
          streams.ends(other.name).then(
            ends => ends.length,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(2)
    const writer = await streams.writer('later')
    const value = JSON.stringify(alertOf('stale', 'BTC-USD', 1, 31, 30))
    await writer.commit({ records: [{ topic: other.name, key: 'BTC-USD', value }] })
    await expect.poll(() => delivery.delivered, { timeout: 10_000 }).toBe(1)
    stop.abort()
    await done
    expect(seen.map(({ id }) => id)).toEqual(['stale BTC-USD 1'])
    close()
  })
})

describe('addresses of receivers', () => {
  test('stand in the environment, and are taken out of what is shown', () => {
    const ALERT_WEBHOOK_URL = 'https://hooks.example.com/services/T0/B0/abc123DEF'
    expect(redact(`posting to ${ALERT_WEBHOOK_URL} failed`, { ALERT_WEBHOOK_URL })).toBe('posting to *** failed')
    expect(receiversOf({ ALERT_WEBHOOK_URL: ' ', ALERTMANAGER_URL: '' })).toEqual([])
  })

  test.each(['hooks.example.com/T0', 'ftp://example.com/x', 'nonsense'])(
    'that are none are refused, and not shown',
    url => {
      for (const name of ['ALERT_WEBHOOK_URL', 'ALERTMANAGER_URL'])
        expect(() => receiversOf({ [name]: url })).toThrow(
          expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.not.stringContaining(url) }),
        )
    },
  )
})

test('Alertmanager gets a list of one alert in its own form, at its own address', () => {
  const [{ url, body }] = receiversOf({ ALERTMANAGER_URL: 'http://127.0.0.1:9093/' })
  expect(url).toBe('http://127.0.0.1:9093/api/v2/alerts')
  expect(body(alertOf('volume_spike', 'BTC-USD', 1_775_260_860, 4.2, 3), 0)).toEqual([
    {
      labels: { alertname: 'volume_spike', product: 'BTC-USD', service: 'spike60', severity: 'warning' },
      annotations: {
        summary: 'volume_spike BTC-USD: 4.2 deviations, limit 3',
        id: 'volume_spike BTC-USD 1775260860',
        market_time: '2026-04-04T00:01:00.000Z',
        value: '4.2',
      },
      startsAt: '1970-01-01T00:00:00.000Z',
      endsAt: '1970-01-01T00:05:00.000Z',
    },
  ])
})
