import { inject, test } from 'vitest'
import { startTestBroker } from './broker.ts'
import { skipReason } from './install.ts'

/**
 * Whether suites that need a real Kafka can run here. If not, it says so loudly; under CI=true it adds a failing test.
 * @param suite named in what is printed.
 */
export function kafkaIsHere(suite: string): boolean {
  const reason = skipReason()
  if (reason === null) return true
  console.warn(`SKIPPED ${suite} on Kafka: ${reason}`)
  if (process.env.CI === 'true')
    test(`${suite} on Kafka`, () => {
      throw new Error(`CI needs Kafka: ${reason}`)
    })
  return false
}

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
