import type { Socket } from 'node:net'
import { type PortProxy, startProxy } from './proxy.ts'

/** Kafka's number for the request that ends a transaction. */
export const endTransaction = 26

export interface CuttingProxy extends PortProxy {
  /** The next request of this kind loses its connection: before the broker gets it, or once it has answered. */
  cutNext(apiKey: number, when: 'before' | 'after'): void
  /** The next request of this kind waits; `reached` when it has come, on to the broker with `release`. */
  holdNext(apiKey: number): { reached: Promise<void>; release(): void }
  /** Cuts made so far. */
  cuts: number
}

/** A proxy before a Kafka broker that can lose a request, or the answer to it. */
export async function startCuttingProxy(): Promise<CuttingProxy> {
  let plan: { apiKey: number; when: 'before' | 'after' } | null = null
  let hold: { apiKey: number; reached(): void; released: Promise<void> } | null = null
  const plain = await startProxy(0, (client: Socket, broker: Socket) => {
    let pending = Buffer.alloc(0)
    let cutOnAnswer = false
    let sent = Promise.resolve()
    const pass = (frame: Buffer, after?: Promise<void>): void => {
      sent = sent.then(() => after).then(() => void broker.write(frame))
    }
    const cut = (): void => {
      proxy.cuts++
      client.destroy()
      broker.destroy()
    }
    client.on('data', chunk => {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 6 && pending.length >= 4 + pending.readInt32BE(0)) {
        const frame = pending.subarray(0, 4 + pending.readInt32BE(0))
        pending = pending.subarray(frame.length)
        if (plan !== null && frame.readInt16BE(4) === plan.apiKey) {
          cutOnAnswer = plan.when === 'after'
          plan = null
          if (!cutOnAnswer) return cut()
        }
        const held = hold?.apiKey === frame.readInt16BE(4) ? hold : null
        if (held !== null) hold = null
        held?.reached()
        pass(frame, held?.released)
      }
    })
    broker.on('data', chunk => (cutOnAnswer ? cut() : client.write(chunk)))
  })
  const proxy: CuttingProxy = Object.assign(plain, {
    cuts: 0,
    cutNext(apiKey: number, when: 'before' | 'after') {
      plan = { apiKey, when }
    },
    holdNext(apiKey: number) {
      let release = (): void => {}
      let reached = (): void => {}
      const released = new Promise<void>(done => {
        release = done
      })
      const here = new Promise<void>(done => {
        reached = done
      })
      hold = { apiKey, reached, released }
      return { reached: here, release }
    },
  })
  return proxy
}
