import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocketServer } from 'ws'

/**
 * argv: events a second, seconds, and the same of further stretches. An exchange in a process of its own that sends quotes at a
 * fixed rate, whether the client keeps up or not; prints its port, at the end how many it sent and when (ms) the stretches began.
 */
const numbers = process.argv.slice(2).map(Number)
const stretches = Array.from({ length: numbers.length / 2 }, (_, i) => ({
  rate: numbers[2 * i],
  seconds: numbers[2 * i + 1],
}))
const longest = stretches.reduce((sum, { seconds }) => sum + seconds, 120)
setTimeout(() => process.exit(1), longest * 1000).unref()
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

const starts: number[] = []
let sent = 0
for (const { rate, seconds } of stretches) {
  const before = sent
  const total = before + rate * seconds
  const began = performance.now()
  starts.push(performance.timeOrigin + began)
  while (sent < total) {
    const due = Math.min(total, before + Math.floor(((performance.now() - began) * rate) / 1000))
    for (; sent < due; sent++) socket.send(frame('ticker', { type: 'update', tickers: [tickerOf(products[sent % 2])] }))
    await delay(10)
  }
}
while (socket.bufferedAmount > 0) await delay(10)
socket.close(1000, 'end of market')
await once(socket, 'close')
server.close()
console.log(JSON.stringify({ sent, starts }))

function tickerOf(product_id: string): object {
  return {
    ...{ type: 'ticker', product_id, price: '67000.01', best_bid: '67000.00', best_ask: '67000.01' },
    ...{ best_bid_quantity: '0.5', best_ask_quantity: '0.25' },
  }
}
