import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy before a server that counts who comes. */
export interface CountingProxy {
  port: number
  /** Where new connections are led. */
  target: number
  connections: number
  /** Loses all connections. */
  cut(): void
  close(): Promise<void>
}

export async function startCountingProxy(target: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    proxy.connections++
    const behind = connect(proxy.target, '127.0.0.1')
    client.pipe(behind).pipe(client)
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ]) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const proxy: CountingProxy = {
    port: 0,
    target,
    connections: 0,
    cut() {
      for (const socket of sockets) socket.destroy()
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
