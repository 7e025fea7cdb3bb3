import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeRow } from '../../../src/core/features/row_json.ts'
import { featureNames } from '../../../src/core/features/spec.ts'
import type { RowPredictor } from '../../../src/jobs/score/partition.ts'
import { inferLive } from '../../../src/jobs/score/run.ts'
import { scorerCounts } from '../../../src/jobs/score/status.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { partitionOf } from '../../../src/streams/partition.ts'
import type { Outgoing, Streams } from '../../../src/streams/port.ts'
import { writeScorerModel } from '../../fixtures/scorer_model.ts'
import { type Contents, contentsOf } from '../../harness/job_outputs.ts'
import { needs } from '../../harness/needs.ts'
import { type Engine, engines, freshName } from '../../harness/stream_engines.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-shared-'))
const artifact = writeScorerModel(join(folder, 'model'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One on each of two partitions. */
const products = ['BTC-USD', 'ETH-USD']

const scorersOn = (engine: Engine) => (): void => {
  let spec: string
  let topicIn: string
  let topicOut: string
  const opened: Streams[] = []

  beforeAll(async () => {
    spec = await engine.prepare()
    expect(new Set(products.map(product => partitionOf(product, 2))).size).toBe(2)
  })
  afterAll(() => engine.cleanUp())
  beforeEach(async () => {
    topicIn = freshName('rows')
    topicOut = freshName('predictions')
    await (await open()).createTopics([topicIn, topicOut, `${topicIn}.dlq`].map(name => ({ name, partitions: 2 })))
  })
  afterEach(async () => {
    for (const streams of opened.splice(0)) await streams.close()
  })

  async function open(): Promise<Streams> {
    const streams = await openStreams(spec)
    opened.push(streams)
    return streams
  }

  /** Rows of both products at each second, and something that is no row. */
  function rowsOf(from: number, to: number): Outgoing[] {
    const records: Outgoing[] = []
    for (let second = from; second < to; second++)
      for (const product of products) {
        const values = featureNames.map((_, i) => (1 + ((second * 31 + i) % 17)) * 1e-5)
        records.push({ topic: topicIn, key: product, value: encodeRow(product, second * 1e6, values) })
      }
    return [...records, ...products.map(key => ({ topic: topicIn, key, value: `${from} is no row` }))]
  }

  /** A scorer with streams of its own, as another process would have. */
  async function start(own?: number[], to = topicOut) {
    const streams = await open()
    const status = newJobStatus<RowPredictor>()
    const finish = new AbortController()
    const scorer = { streams, config: readConfig(), artifact, topicIn, topicOut: to, own, status }
    const job = inferLive({ ...scorer, finish: finish.signal })
    let how: string | null = null
    job.then(
      () => (how = 'ended'),
      error => (how = error.code ?? String(error)),
    )
    return {
      status,
      committed: (partition: number) => status.partitions.get(partition)?.inputs.get(topicIn)?.committed,
      /** Committed predictions; null while something is taken in that is not committed. */
      rows() {
        const places = [...status.partitions.values()].map(({ inputs }) => inputs.get(topicIn)!)
        return places.every(({ next, committed }) => next === committed) ? scorerCounts(status).rows : null
      },
      how: () => how,
      finish() {
        finish.abort()
        return job
      },
    }
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await delay(10)
  }

  /** What one scorer makes of all rows that are there, on a topic of its own. */
  async function byOne(): Promise<Contents> {
    const alone = freshName('alone')
    const scorer = await start(undefined, alone)
    await scorer.finish()
    return contentsOf(await open(), alone)
  }

  async function write(records: Outgoing[]): Promise<void> {
    const writer = await (await open()).writer(freshName('writer'))
    await writer.commit({ records })
    await writer.close()
  }

  test('two have a partition each: what one alone makes of it, and one of all goes on where both stood', async () => {
    await write(rowsOf(0, 300))
    const pair = [await start([0]), await start([1])]
    await until(() => pair.every(scorer => scorer.rows() === 300))
    await write(rowsOf(300, 500))
    const results = await Promise.all(pair.map(scorer => scorer.finish()))
    expect(results).toMatchObject([
      { rows: 500, dead: 2 },
      { rows: 500, dead: 2 },
    ])
    expect(pair.map(({ status }) => [...status.partitions.keys()])).toEqual([[0], [1]])

    await write(rowsOf(500, 600))
    expect(await (await start()).finish()).toMatchObject({ rows: 200, dead: 2 })
    const shared = await contentsOf(await open(), topicOut)
    expect(shared.map(lines => lines.length)).toEqual([600, 600])
    expect(shared).toEqual(await byOne())
  })

  test('one takes a partition over from one of all, which ends whole; who has the others is not fenced', async () => {
    await write(rowsOf(0, 100))
    const all = await start()
    await until(() => all.rows() === 200)
    const taking = await start([1])
    await until(() => taking.status.ready)
    expect(all.how()).toBeNull()
    await write(rowsOf(100, 200))
    await until(() => all.how() !== null)
    expect(all.how()).toBe('WRITER_FENCED')
    const other = await start([0])
    await until(() => taking.rows() === 100 && other.committed(0) === taking.committed(1))
    expect(await taking.finish()).toMatchObject({ rows: 100, dead: 1 })
    await other.finish()
    const shared = await contentsOf(await open(), topicOut)
    expect(shared.map(lines => lines.length)).toEqual([200, 200])
    expect(shared).toEqual(await byOne())
  })

  test('one that wrote all partitions under a single id is ended, and its positions hold', async () => {
    const group = `infer-${artifact.name}-${topicIn}-${topicOut}`
    await write(rowsOf(0, 50))
    const former = await (await open()).writer(group)
    const half = await (await open()).ends(topicIn)
    await former.commit({ records: [], group, positions: half })
    const pair = [await start([0]), await start([1])]
    await until(() => pair.every(({ status }) => status.ready))
    await expect(former.commit({ records: [], group, positions: half })).rejects.toMatchObject({
      code: 'WRITER_FENCED',
    })
    await write(rowsOf(50, 80))
    for (const scorer of pair) expect(await scorer.finish()).toMatchObject({ rows: 30, dead: 1 })
    expect((await contentsOf(await open(), topicOut)).map(lines => lines.length)).toEqual([30, 30])
  })

  test('a partition that the topic does not have is refused before anything is taken over', async () => {
    const all = await start()
    await until(() => all.status.ready)
    const wrong = await start([2])
    await until(() => wrong.how() !== null)
    expect(wrong.how()).toBe('BAD_ARGUMENT')
    await write(rowsOf(0, 10))
    expect(await all.finish()).toMatchObject({ rows: 20 })
  })
}

for (const engine of engines())
  describe(`scorers that share a topic on ${engine.name}`, needs(engine.lacks), scorersOn(engine))
