import type { TopicSpec } from './port.ts'

/** One line: a topic that exists with another number of partitions. */
export function describeMismatch(topic: TopicSpec, found: number): string {
  return `topic ${topic.name} has ${found} partitions, not ${topic.partitions}; set partitions: ${found} for it in the config, or use another name`
}
