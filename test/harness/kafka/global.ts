import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startTestBroker, type TestBroker } from './broker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Asked by HTTP, it starts the broker that all test files share and answers with its address. */
    kafkaStarter: string
  }
}

/** vitest's globalSetup: one broker a run, started when the first test file asks for it, removed at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let broker: Promise<TestBroker> | null = null
  const server = createServer((_, response) => {
    broker ??= startTestBroker()
    broker.then(
      ({ address }) => response.end(address),
      error => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  project.provide('kafkaStarter', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    server.closeAllConnections()
    await (await broker?.catch(() => null))?.remove()
  }
}
