import { inject } from 'vitest'
import { startTestBroker } from './broker.ts'

/** The broker that this run shares; where vitest was started without one, a broker for this file. `release` when done. */
export async function sharedBroker(): Promise<{ address: string; release(): Promise<void> }> {
  const starter = inject('kafkaStarter') as string | undefined
  if (starter === undefined) {
    const broker = await startTestBroker()
    return { address: broker.address, release: () => broker.remove() }
  }
  const response = await fetch(starter)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return { address: text, release: async () => {} }
}
