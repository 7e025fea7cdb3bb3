import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLabel, encodeLabel } from '../../../src/core/features/label_json.ts'
import { decodeRow } from '../../../src/core/features/row_json.ts'
import { decodePrediction, encodePrediction } from '../../../src/core/models/artifact/prediction_json.ts'
import { decodeState } from '../../../src/jobs/partitions/partition_state.ts'

const decoders = [decodeState, decodeLabel, decodeRow, decodePrediction]

test('text that is none of ours is null, whatever it is; nothing throws', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"x"', '{}', '{"product":"A"}', '{"product":null,"time":1}'])
    expect(decoders.map(decode => decode(text))).toEqual([null, null, null, null])
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      for (const decode of decoders) expect(decode(text)).toBeNull()
    }),
  )
})

test('a record that lacks a field, or holds another type in it, is null', () => {
  const label = JSON.parse(encodeLabel('A', 1, 0.5))
  const prediction = JSON.parse(
    encodePrediction({ product: 'A', time: 1, model: 'm', probability: 0.5, alarm: true, tau: 1e-5 }),
  )
  const state = {
    ...{ format: 'spike60-job', version: 1, settings: '', memory: {} },
    ...{ inputs: { raw: { offset: 1, from: 0 } }, recall: { bars: 0 } },
  }
  const cases: [(text: string) => object | null, Record<string, unknown>][] = [
    [decodeLabel, label],
    [decodePrediction, prediction],
    [decodeState, state],
  ]
  for (const [decode, whole] of cases) {
    expect(decode(JSON.stringify(whole))).toEqual(whole)
    for (const key of Object.keys(whole))
      for (const value of [undefined, true, 'other'].filter(other => typeof other !== typeof whole[key])) {
        const decoded = decode(JSON.stringify({ ...whole, [key]: value }))
        expect({ key, value, decoded }).toEqual({ key, value, decoded: null })
      }
  }
})
