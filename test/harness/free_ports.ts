import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems give out by themselves (from 32768 on Linux). */
const [first, count] = [12_000, 20_000]
const given = new Set<number>()

/**
 * Ports of 127.0.0.1 on which nothing listens, all different, for servers that are started later. They are none of those that a
 * system gives to whoever asks for any port: such a one may be taken before its server has begun, or while it is down.
 */
export async function freePorts(wanted: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < wanted) {
    const port = first + Math.floor(count * Math.random())
    if (!given.has(port) && (await isFree(port))) ports.push(port)
    given.add(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch {
    return false
  }
  await once(server.close(), 'close')
  return true
}
