import { expect, test } from 'vitest'
import { refuseOtherTopics } from '../../src/streams/topic_ids.ts'

test('a state of other topics is refused, one line a topic; one of a former version is not', async () => {
  const now = { raw: 'a', features: 'b' }
  refuseOtherTopics('job 0', undefined, now)
  refuseOtherTopics('job 0', { ...now, gone: 'c' }, now)
  const refused = (async () => refuseOtherTopics('job 0', { raw: 'x', rows: 'b' }, now))()
  await expect(refused).rejects.toMatchObject({
    code: 'TOPIC_MISMATCH',
    exit: 2,
    faults: [
      "topic raw was deleted and made anew since 'job 0' has worked with it; name other topics and feed them from bronze",
      "topic features would get later records only: 'job 0' has worked with raw, rows; go on with these, or name other topics and feed them from bronze",
    ],
  })
})
