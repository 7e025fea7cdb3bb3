import { pino } from 'pino'
import { WebSocket } from 'ws'
import { coinbase } from '../../market/coinbase.ts'
import type { Fault } from '../../market/faults.ts'
import { simulationStart } from '../../market/price_process.ts'

/** A short simulated market for tests of sockets. */
export const settings = {
  seed: 7,
  hours: 0.1,
  products: {
    'BTC-USD': { price: 67000, tick: 0.01, quotes_per_s: 4 },
    'ETH-USD': { price: 2050, tick: 0.01, quotes_per_s: 3 },
  },
}

export const products = Object.keys(settings.products)
export const channels = ['ticker', 'market_trades', 'heartbeats']
export const silentLog = pino({ level: 'silent' })

/** Microseconds of simulated time, counted in seconds from its start. */
export function at(seconds: number): number {
  return simulationStart + Math.round(seconds * 1_000_000)
}

export function drop(from: number, to: number, manner: 'close' | 'abrupt' | 'silent'): Fault {
  return { kind: 'drop', at: at(from), until: at(to), manner }
}

export interface Frame {
  channel: string
  timestamp: string
  sequence_num: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into frames freely
  events: any[]
}

/** A client by hand: one connection, from its first subscribe to its end. */
export async function collect(
  url: string,
  options: { requests?: string[]; pauseMs?: number; until?: (text: string) => boolean } = {},
): Promise<{ texts: string[]; code: number; reason: string }> {
  const { requests = coinbase.subscribe(products, channels), pauseMs = 0, until } = options
  const socket = new WebSocket(url)
  const texts: string[] = []
  return new Promise((resolve, reject) => {
    socket.on('open', async () => {
      for (const request of requests) {
        socket.send(request)
        if (pauseMs > 0) await new Promise(go => setTimeout(go, pauseMs))
      }
    })
    socket.on('message', data => {
      texts.push(data.toString())
      if (until?.(texts.at(-1)!)) socket.close(1000)
    })
    socket.on('error', reject)
    socket.on('close', (code, reason) => resolve({ texts, code, reason: reason.toString() }))
  })
}

/** Connections one after the other until the market is over, with a pause before each. */
export async function collectAll(url: string, pauseMs = 0): Promise<string[][]> {
  const connections: string[][] = []
  while (true) {
    const { texts, code, reason } = await collect(url, { pauseMs })
    connections.push(texts)
    if (code === 1000 && reason === 'end of market') return connections
    await new Promise(go => setTimeout(go, pauseMs))
  }
}

export function parse(texts: string[]): Frame[] {
  return texts.map(text => JSON.parse(text))
}
