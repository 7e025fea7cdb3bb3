import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { localBackoff } from '../../../src/market/socket/backoff.ts'
import { type MarketSocket, openSocket, type SocketOptions } from '../../../src/market/socket/socket.ts'
import { silentLog } from '../../fixtures/simulated_market.ts'

const servers: WebSocketServer[] = []
const clients: MarketSocket[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const server of servers.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    await new Promise(resolve => server.close(resolve))
  }
})

/** A server that does with its n-th connection what the n-th entry says, the last one from there on. */
async function serve(...scripts: ((socket: WebSocket, first: string) => void)[]): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  servers.push(server)
  let n = 0
  server.on('connection', socket => {
    const script = scripts[Math.min(n++, scripts.length - 1)]
    socket.once('message', data => script(socket, data.toString()))
  })
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function open(url: string, overrides: Partial<SocketOptions> = {}, onMessage: (text: string) => void = () => {}) {
  const seen: string[] = []
  const client = openSocket({
    url,
    requests: ['hello'],
    nameOf: n => `c${n}`,
    staleAfterMs: 10_000,
    backoff: localBackoff,
    random: () => 0,
    log: silentLog,
    ...overrides,
    on: {
      open: connection => seen.push(`open ${connection}`),
      message: (connection, text) => {
        seen.push(`${connection} ${text.slice(0, 20)}`)
        onMessage(text)
      },
      stale: connection => seen.push(`stale ${connection}`),
      close: connection => seen.push(`close ${connection}`),
    },
  })
  clients.push(client)
  return { client, seen }
}

const end = (socket: WebSocket) => socket.close(1000, 'end of market')

test('subscribes on each connection, comes back after an abrupt and after an orderly end, stops at the end of the market', async () => {
  const url = await serve(
    (socket, first) => socket.send(`got ${first}`, () => socket.terminate()),
    socket => socket.close(1000, 'maintenance'),
    socket => {
      socket.send('last')
      end(socket)
    },
  )
  const { client, seen } = open(url)
  await client.ended
  expect(seen).toEqual(['open c1', 'c1 got hello', 'close c1', 'open c2', 'close c2', 'open c3', 'c3 last', 'close c3'])
})

test('a half-open connection is dead after the limit of silence; messages keep it alive', async () => {
  const url = await serve(socket => {
    let left = 8
    const timer = setInterval(() => (left-- > 0 ? socket.send('beat') : clearInterval(timer)), 40)
  }, end)
  const { client, seen } = open(url, { staleAfterMs: 200 })
  await client.ended
  expect(seen).toEqual(['open c1', ...Array(8).fill('c1 beat'), 'stale c1', 'close c1', 'open c2', 'close c2'])
})

test('a frame of 5 MB passes; one beyond 16 MiB costs the connection, not the process', async () => {
  const big = randomBytes(2_500_000).toString('hex')
  const url = await serve(
    socket => socket.send('x'.repeat((16 << 20) + 1)),
    socket => {
      socket.send(big)
      end(socket)
    },
  )
  const lengths: number[] = []
  const { client, seen } = open(url, {}, text => lengths.push(text.length))
  await client.ended
  expect(lengths).toEqual([5_000_000])
  expect(seen.filter(line => line.startsWith('open'))).toEqual(['open c1', 'open c2'])
})

test('close ends an open connection and a wait for the next one', async () => {
  const url = await serve(socket => socket.send('hi'))
  const first = open(url, {}, () => first.client.close())
  await first.client.ended
  expect(first.seen).toEqual(['open c1', 'c1 hi', 'close c1'])

  const waiting = open('ws://127.0.0.1:1', { backoff: { first_ms: 1e6, limit_ms: 1e6, healthy_ms: 1e6 } })
  await new Promise(resolve => setImmediate(resolve))
  waiting.client.close()
  await waiting.client.ended
  expect(waiting.seen).toEqual([])
})

test('a handler that throws ends the socket with what it threw', async () => {
  const url = await serve(socket => socket.send('hi'))
  const { client } = open(url, {}, () => {
    throw new Error('disk full')
  })
  await expect(client.ended).rejects.toThrow('disk full')
})
