import { type PortProxy, startProxy } from './proxy.ts'

/** A proxy before a server that counts who comes. */
export interface CountingProxy extends PortProxy {
  connections: number
}

export async function startCountingProxy(target: number): Promise<CountingProxy> {
  const plain = await startProxy(target, (client, behind) => {
    proxy.connections++
    client.pipe(behind).pipe(client)
  })
  const proxy = Object.assign(plain, { connections: 0 })
  return proxy
}
