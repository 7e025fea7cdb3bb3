import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocketServer } from 'ws'

/**
 * argv: events a second, seconds. An exchange in a process of its own that sends quotes at a fixed rate, whether the client
 * keeps up or not; prints its port, at the end how many it sent.
 */
const [rate, seconds] = process.argv.slice(2).map(Number)
setTimeout(() => process.exit(1), (seconds + 120) * 1000).unref()
const products = ['BTC-USD', 'ETH-USD']
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)

const [socket] = await once(server, 'connection')
const subscription = { subscriptions: { ticker: products, heartbeats: ['heartbeats'], market_trades: products } }
let asked = 0
await new Promise<void>(resolve => socket.on('message', () => ++asked === 3 && resolve()))
let sequence = 0
const frame = (channel: string, event: object): string =>
  JSON.stringify({ channel, timestamp: new Date().toISOString(), sequence_num: sequence++, events: [event] })
for (let i = 0; i < asked; i++) socket.send(frame('subscriptions', subscription))

const total = rate * seconds
const began = performance.now()
let sent = 0
while (sent < total) {
  const due = Math.min(total, Math.floor(((performance.now() - began) * rate) / 1000))
  for (; sent < due; sent++) {
    const ticker = {
      type: 'ticker',
      product_id: products[sent % 2],
      price: '67000.01',
      best_bid: '67000.00',
      best_ask: '67000.01',
      best_bid_quantity: '0.5',
      best_ask_quantity: '0.25',
    }
    socket.send(frame('ticker', { type: 'update', tickers: [ticker] }))
  }
  await delay(10)
}
while (socket.bufferedAmount > 0) await delay(10)
socket.close(1000, 'end of market')
await once(socket, 'close')
server.close()
console.log(JSON.stringify({ sent }))
