import { SpikeError } from '../errors.ts'
import type { TopicSpec } from './port.ts'

/**
 * Nothing may be one topic in two roles: a job would read what it writes, and input on the topic of states would be compacted
 * away. @throws SpikeError TOPIC_MISMATCH, one line a name that stands twice.
 */
export function refuseTwoRoles(topics: TopicSpec[]): void {
  const names = topics.map(({ name }) => name)
  const twice = new Set(names.filter((name, i) => names.indexOf(name) < i))
  if (twice.size === 0) return
  throw new SpikeError(
    'TOPIC_MISMATCH',
    [...twice].map(name => `topic ${name} is named for two purposes at once; give each a topic of its own`),
  )
}
