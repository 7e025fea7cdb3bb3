import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { Connection } from '../../../src/market/socket/connection.ts'
import { silentLog } from '../../fixtures/simulated_market.ts'

const sockets: Socket[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const socket of sockets.splice(0)) socket.destroy()
})

test('a handshake that comes byte by byte has an end', async () => {
  let bytes = 0
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    const answer = `HTTP/1.1 101 Switching Protocols\r\nX-Drip: ${'x'.repeat(100_000)}`
    const drip = setInterval(() => socket.write(answer[bytes++]), 5)
    socket.on('close', () => clearInterval(drip))
  })
  await new Promise<void>(go => server.listen(0, '127.0.0.1', go))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const on = { open() {}, message() {}, stale() {}, close() {} }
    const ended = new Promise(resolve => {
      new Connection({ url, requests: [], staleAfterMs: 1000, on, log: silentLog }, () => 'c', resolve)
    })
    while (bytes < 20) await new Promise(setImmediate)
    vi.advanceTimersByTime(10_000)
    expect(await ended).toMatchObject({ lived_ms: null })
  } finally {
    server.close()
  }
})
