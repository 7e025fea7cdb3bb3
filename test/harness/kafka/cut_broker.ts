import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { type CuttingProxy, startCuttingProxy } from '../cutting_proxy.ts'
import { startTestBroker, type TestBroker } from './broker.ts'

/** A broker of its own that clients reach by a proxy only, and streams on it. */
export interface CutBroker {
  broker: TestBroker
  proxy: CuttingProxy
  streams: Streams
  close(): Promise<void>
}

/** @param properties of the broker, beyond the usual ones. */
export async function startCutBroker(properties: Record<string, string> = {}): Promise<CutBroker> {
  const proxy = await startCuttingProxy()
  const broker = await startTestBroker(proxy.port, { listeners: {}, properties, format: [], jvm: [] })
  proxy.target = broker.port
  const streams = await openStreams(`kafka://127.0.0.1:${proxy.port}`)
  return {
    broker,
    proxy,
    streams,
    async close() {
      await streams.close()
      await broker.remove()
      await proxy.close()
    },
  }
}
