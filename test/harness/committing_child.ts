import { openStreams } from '../../src/streams/open.ts'

/** argv: spec, topic, input topic, group. Commits transactions of 50 records and a position, one after another, every other one prepared, until it is killed. */
const [spec, topic, input, group] = process.argv.slice(2)
const streams = await openStreams(spec)
const writer = await streams.writer(`writer-of-${topic}`)
const [{ offset: done } = { offset: 0 }] = await streams.committed(group, input)
for (let number = done; ; number++) {
  const records = Array.from({ length: 50 }, (_, i) => ({ topic, key: `key-${i}`, value: `${number} ${i}` }))
  if (number % 2 === 1) writer.prepare({ records: records.slice(0, 30), group })
  await writer.commit({ records, group, positions: [{ topic: input, partition: 0, offset: number + 1 }] })
  process.stdout.write('.')
}
