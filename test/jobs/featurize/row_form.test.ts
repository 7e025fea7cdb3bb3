import { expect, it } from 'vitest'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { decodeRowRecord } from '../../../src/core/features/row_bytes.ts'
import { FeaturizerPartition } from '../../../src/jobs/featurize/partition.ts'
import { quote, settings } from '../../fixtures/events.ts'

it('rows in bytes are the rows in JSON, and nothing else changes', () => {
  const topics = { raw: 'raw', bars: 'bars', features: 'rows', labels: 'labels', late: 'late' }
  const jobs = (['json', 'binary'] as const).map(rows => new FeaturizerPartition({ ...settings, rows }, topics))
  for (let second = 0; second < 200; second++) {
    const event = quote(second + 0.5, 100 + (second % 7), 101 + (second % 7))
    const record = {
      topic: 'raw',
      partition: 0,
      offset: second,
      key: event.product,
      value: Buffer.from(encodeEvent(event)),
    }
    for (const job of jobs) job.take(record, false)
  }
  const [json, binary] = jobs.map(({ due }) => due)
  const rows = json.filter(({ topic }) => topic === 'rows')
  expect(rows.length).toBeGreaterThan(100)
  for (const [i, { topic, key, value }] of binary.entries()) {
    if (topic !== 'rows') expect({ topic, key, value }).toEqual(json[i])
    else expect(decodeRowRecord(value as Uint8Array)).toEqual(decodeRowRecord(Buffer.from(json[i].value as string)))
  }
})
