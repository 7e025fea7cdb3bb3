import { setTimeout as sleep } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import { openStreamsBeside } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'

const patienceMs = 2000

/**
 * Opens the topics that `spec` names, now or, when they are away or do not answer soon, at the first use that finds them
 * there: for a job that has work to do without them, and that waits for no disk of theirs. A use that does not throws what
 * opening does.
 * @param onAway they are not there now.
 * @throws SpikeError where waiting cannot help: BAD_ARGUMENT, LOG_CORRUPT, a refusal.
 */
export async function openWhenThere(spec: string, onAway: (reason: string) => void): Promise<Streams> {
  let opened: Promise<Streams> | null = null
  const there = (): Promise<Streams> => {
    opened ??= openStreamsBeside(spec).catch(error => {
      opened = null
      throw error
    })
    return opened
  }
  try {
    const soon = await Promise.race([there(), sleep(patienceMs, null, { ref: false })])
    if (soon === null) onAway(`no answer within ${patienceMs / 1000} s`)
  } catch (error) {
    if (!(error instanceof SpikeError) || !error.retriable) throw error
    onAway(error.message)
  }
  return {
    createTopics: async topics => (await there()).createTopics(topics),
    topics: async names => (await there()).topics(names),
    writer: async (id, claim) => (await there()).writer(id, claim),
    reader: async (topic, start, partitions) => (await there()).reader(topic, start, partitions),
    committed: async (group, topic, partitions) => (await there()).committed(group, topic, partitions),
    ends: async topic => (await there()).ends(topic),
    newest: async (topic, keys) => (await there()).newest(topic, keys),
    close: async () => (await opened?.catch(() => null))?.close(),
  }
}
