import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Kafka's number for the request that ends a transaction. */
export const endTransaction = 26

export interface CuttingProxy {
  port: number
  /** Where connections are led. */
  target: number
  /** The next request of this kind loses its connection: before the broker gets it, or once it has answered. */
  cutNext(apiKey: number, when: 'before' | 'after'): void
  /** The next request of this kind waits; `reached` when it has come, on to the broker with `release`. */
  holdNext(apiKey: number): { reached: Promise<void>; release(): void }
  /** Cuts made so far. */
  cuts: number
  close(): Promise<void>
}

/** A proxy before a Kafka broker that can lose a request, or the answer to it. */
export async function startCuttingProxy(): Promise<CuttingProxy> {
  let plan: { apiKey: number; when: 'before' | 'after' } | null = null
  let hold: { apiKey: number; reached(): void; released: Promise<void> } | null = null
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const broker = connect(proxy.target, '127.0.0.1')
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
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ]) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const proxy: CuttingProxy = {
    port: 0,
    target: 0,
    cuts: 0,
    cutNext(apiKey, when) {
      plan = { apiKey, when }
    },
    holdNext(apiKey) {
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
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}
