import { openStreams } from '../src/streams/open.ts'
import type { Position } from '../src/streams/port.ts'

/**
 * argv: engine, topic in, topic out. The least that a consume-transact-produce job can do with our client: what is read is
 * written unchanged, with the input positions, one transaction a batch. Runs until it is killed.
 */
const [engine, from, to] = process.argv.slice(2)
const streams = await openStreams(engine)
const group = `relay-${to}`
const writer = await streams.writer(group)
const reader = await streams.reader(from, await streams.committed(group, from))
console.log('ready')
for (;;) {
  const batch = await reader.poll(4000, 200)
  if (batch.length === 0) continue
  const next = new Map<number, Position>()
  for (const { topic, partition, offset } of batch) next.set(partition, { topic, partition, offset: offset + 1 })
  const records = batch.map(({ key, value }) => ({ topic: to, key, value }))
  await writer.commit({ records, group, positions: [...next.values()] })
}
