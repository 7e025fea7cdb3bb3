/** The fourth way of conformance.slow.test.ts: two partitions, two featurizers as processes, one killed and replaced midway. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readConfig } from '../../../src/config.ts'
import { sinkRows } from '../../../src/jobs/featurize/sink.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { createPublisher } from '../../../src/market/publisher.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { partitionOf } from '../../../src/streams/partition.ts'
import type { Reader } from '../../../src/streams/port.ts'
import { bronzeLinesOf, captures, writeBronze } from '../../fixtures/captures.ts'
import { simulatedCaptures } from '../../fixtures/simulated_captures.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { sharedBroker } from '../../harness/kafka/shared.ts'
import { needs } from '../../harness/needs.ts'
import { withOwnTopics } from '../../harness/stream_engines.ts'

const folder = mkdtempSync(join(tmpdir(), 'conformance-kafka-'))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Reads on until `enough` of the products of the rows that came so far. */
async function readRows(reader: Reader, seen: string[], enough: () => boolean): Promise<void> {
  while (!enough()) for (const { key } of await reader.poll(5000, 1000)) seen.push(key)
}

// One way through processes and the broker does not depend on the file: of each kind of capture two, the other ways take all.
for (const { name, path, lacks } of [
  ...simulatedCaptures().slice(0, 2),
  ...captures.slice(0, 1),
  ...captures.slice(4, 5),
])
  test(`${name}, two featurizers of which one is killed and replaced: the digest of its replay`, {
    ...needs(lacksKafka(), lacks),
    timeout: 240_000,
  }, async () => {
    const config = withOwnTopics(readConfig())
    const { digest, rows, ...replayed } = await replay({ raw: [path], out: null, config })
    const products = Object.keys(replayed.products)
    const { raw, features } = config.topics
    const broker = await sharedBroker()
    const spec = `kafka://${broker.address}`
    const configFile = join(folder, `${name}.yaml`)
    writeFileSync(configFile, stringify(config))

    const start = (partition: number): ChildProcess => {
      const options = ['--topic_in', raw.name, '--topic_out', features.name, '--topics', spec, '--config', configFile]
      const own = ['--partitions', `${partition}`, '--parquet', join(folder, `${name}-${partition}.parquet`)]
      const child = spawn('node', ['features/featurizer.ts', ...options, ...own], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      children.push(child)
      return child
    }

    const streams = await openStreams(spec)
    try {
      const bronze = join(folder, name)
      const publisher = createPublisher({ streams, config, bronze: { directory: bronze } })
      await streams.createTopics([features])
      const lines = await bronzeLinesOf(path)
      const half = Math.floor(lines.length / 2)
      const torn = partitionOf(products[0], raw.partitions)
      const victim = start(torn)
      const survivor = start(1 - torn)
      const reader = await streams.reader(features.name)
      const seen: string[] = []

      writeBronze(bronze, 'a', lines.slice(0, half))
      await publisher.publishAvailable()
      await readRows(reader, seen, () => new Set(seen).size === products.length)
      victim.kill('SIGKILL')
      await once(victim, 'exit')
      expect(seen.length).toBeLessThan(rows)

      writeBronze(bronze, 'b', lines.slice(half))
      await publisher.publishAvailable()
      const successor = start(torn)
      await readRows(reader, seen, () => seen.length >= rows)
      await reader.close()
      for (const child of [survivor, successor]) {
        child.kill('SIGTERM')
        const [code] = await once(child, 'exit')
        expect(code).toBe(0)
      }
      await publisher.close()
      const sunk = await sinkRows({ streams, config, topic: features.name, out: join(folder, `${name}.parquet`) })
      expect(sunk).toEqual({ rows, digest, skipped: 0 })
    } finally {
      await streams.close()
      await broker.release()
    }
  })
