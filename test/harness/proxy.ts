import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy before a server, on a free port of 127.0.0.1. */
export interface PortProxy {
  port: number
  /** Port where new connections are led. */
  target: number
  /** Loses all connections. */
  cut(): void
  close(): Promise<void>
}

/** @param join leads what comes from one side to the other; when one side goes, the other is ended. */
export async function startProxy(target: number, join: (client: Socket, behind: Socket) => void): Promise<PortProxy> {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const behind = connect(proxy.target, '127.0.0.1')
    join(client, behind)
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
  const proxy: PortProxy = {
    port: 0,
    target,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      proxy.cut()
      await closed
    },
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}
