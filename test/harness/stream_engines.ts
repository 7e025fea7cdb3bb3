import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../src/config.ts'
import type { Incoming, Position, Reader } from '../../src/streams/port.ts'
import { lacksKafka } from './kafka/install.ts'
import { sharedBroker } from './kafka/shared.ts'

/** One way to keep topics, with what a suite needs of it. */
export interface Engine {
  name: string
  /** Why it cannot run here; null where it can. */
  lacks: string | null
  /** A spec for `openStreams`; called once before the tests of a file. */
  prepare(): Promise<string>
  cleanUp(): Promise<void>
}

export const engines = (): Engine[] => [embedded(), kafka()]

function embedded(): Engine {
  let folder = ''
  return {
    name: 'embedded',
    lacks: null,
    async prepare() {
      folder = mkdtempSync(join(tmpdir(), 'spike60-streams-'))
      return `embedded://${join(folder, 'streams.db')}`
    },
    async cleanUp() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function kafka(): Engine {
  let release = async (): Promise<void> => {}
  return {
    name: 'kafka',
    lacks: lacksKafka(),
    async prepare() {
      const broker = await sharedBroker()
      release = broker.release
      return `kafka://${broker.address}`
    },
    cleanUp: () => release(),
  }
}

/** A name nobody used: tests share a broker. */
export function freshName(stem: string): string {
  return `${stem}.${randomBytes(6).toString('hex')}`
}

/** The configuration with topics that no other test uses. */
export function withOwnTopics(config: Config): Config {
  const topics = Object.fromEntries(
    Object.entries(config.topics).map(([key, topic]) => [key, { ...topic, name: freshName(topic.name) }]),
  )
  return { ...config, topics: topics as Config['topics'] }
}

/** Polls until the reader's positions have reached `ends`. */
export async function readUntil(reader: Reader, ends: Position[]): Promise<Incoming[]> {
  const records: Incoming[] = []
  const reached = (): boolean =>
    ends.every(end => reader.positions().some(at => at.partition === end.partition && at.offset >= end.offset))
  while (!reached()) records.push(...(await reader.poll(997, 5000)))
  return records
}
