import { openStreams } from '../../src/streams/open.ts'

/** argv: folder, how many logs, when to begin. Opens one fresh log after the other, at moments that others have too. */
const [folder, logs, begin] = process.argv.slice(2)
for (let log = 0; log < Number(logs); log++) {
  while (Date.now() < Number(begin) + 40 * log);
  const streams = await openStreams(`embedded://${folder}/${log}.db`)
  await streams.createTopics([{ name: 'topic', partitions: 2 }])
  await streams.close()
}
