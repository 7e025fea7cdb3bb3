/**
 * One suite, every way to run features: the rows of each must be those of a replay from the saved file, bit for bit.
 * Kafka, with processes that die, is in conformance_kafka.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { decodeEvent, encodeEvent } from '../../../src/core/events/event_json.ts'
import { Disturber } from '../../../src/core/features/checks/disturb.ts'
import { type EngineOutput, ProductEngine } from '../../../src/core/features/engine.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { decodeRow, encodeRow } from '../../../src/core/features/row_json.ts'
import { RowCollector } from '../../../src/core/features/rows.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { runFeaturizer } from '../../../src/jobs/featurize/run.ts'
import { sinkRows } from '../../../src/jobs/featurize/sink.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { createPublisher } from '../../../src/market/publisher.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { bronzeLinesOf, captures, eventsOf, writeBronze } from '../../fixtures/captures.ts'
import { rowsOf } from '../../fixtures/events.ts'
import { simulatedCaptures } from '../../fixtures/simulated_captures.ts'
import { needs } from '../../harness/needs.ts'

const config = readConfig()
const settings = { ...config.time, ...config.features }
const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  digest: string
  rows: number
}

/** Each way gets the capture's path and a folder of its own. */
const ways: Record<string, (path: string, directory: string) => Promise<Run>> = {
  async 'replay of bronze, cut into files'(path, directory) {
    const lines = await bronzeLinesOf(path)
    const cuts = [0, 0.1, 0.5, 0.51, 1].map(share => Math.floor(share * lines.length))
    const files = cuts.slice(1).map((to, i) => writeBronze(directory, `part-${i}`, lines.slice(cuts[i], to)))
    return replay({ raw: files.filter((_, i) => cuts[i + 1] > cuts[i]).reverse(), out: null, config })
  },

  async 'live through the embedded log'(path, directory) {
    const streams = await openStreams(`embedded://${join(directory, 'streams.db')}`)
    const bronze = join(directory, 'raw')
    const topic = config.topics.features.name
    const finish = new AbortController()
    try {
      const publisher = createPublisher({ streams, config, bronze: { directory: bronze } })
      const job = runFeaturizer({
        ...{ streams, config, topicIn: config.topics.raw.name, topicOut: topic, finish: finish.signal },
      })
      const lines = await bronzeLinesOf(path)
      for (let from = 0; from < lines.length; from += 20_000) {
        writeBronze(bronze, `part-${String(from).padStart(8, '0')}`, lines.slice(from, from + 20_000))
        await publisher.publishAvailable()
      }
      finish.abort()
      await job
      await publisher.close()
      return await sinkRows({ streams, config, topic, out: join(directory, 'features.parquet') })
    } finally {
      await streams.close()
    }
  },

  async 'row by row, one product after the other, every event and row as JSON'(path) {
    const rows = new RowCollector()
    const byProduct = Map.groupBy(await eventsOf(path), event => event.product)
    for (const [product, events] of [...byProduct].reverse()) {
      const engine = new ProductEngine(product, settings, {
        row: (...row) => {
          const { time, values } = decodeRow(encodeRow(...row))!
          rows.add(product, time, values)
        },
      })
      for (const event of events) {
        const read = decodeEvent(encodeEvent(event))
        if (typeof read === 'string') throw new Error(read)
        engine.push(read)
      }
    }
    const table = rows.takeTable()
    return { digest: digestOf(table), rows: table.rows }
  },

  async 'every second computed ahead of its close'(path) {
    const rows = new RowCollector()
    const output = { row: (...row: Parameters<EngineOutput['row']>) => rows.add(...row) }
    const engines = new Engines(settings, output)
    for (const event of await eventsOf(path)) {
      engines.push(event)
      const kept: Parameters<EngineOutput['row']>[] = []
      engines
        .of(event.product)
        .anticipate({ row: (product, time, values) => kept.push([product, time, values.slice()]) }, () => {
          for (const row of kept) output.row(...row)
        })
    }
    const table = rows.takeTable()
    return { digest: digestOf(table), rows: table.rows }
  },

  async 'shuffled within the bound and repeated'(path) {
    const disturbance = { shuffle_s: settings.out_of_orderness_s, duplicate: 0.2, drop: 0, seed: 60 }
    const disturber = new Disturber(disturbance, settings.out_of_orderness_s, seededRandom(60))
    const events = (await eventsOf(path)).flatMap(event => disturber.push(event))
    const table = rowsOf([...events, ...disturber.end()])
    return { digest: digestOf(table), rows: table.rows }
  },
}

for (const { name, path, lacks } of [...simulatedCaptures(), ...captures])
  describe(name, needs(lacks), () => {
    let expected: Run
    it('gives rows when it is replayed, and passes the leak test', async () => {
      const { digest, rows, perturbation } = await replay({ raw: [path], out: null, config })
      expected = { digest, rows }
      expect(rows).toBeGreaterThan(0)
      expect(perturbation.verdict).toBe('passed')
    })

    it.each(Object.keys(ways))(
      '%s: the same digest',
      async way => {
        const directory = mkdtempSync(join(folder, `${name}-`))
        const { digest, rows } = await ways[way](path, directory)
        expect({ digest, rows }).toEqual(expected)
      },
      120_000,
    )
  })
