import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBar, emptyBar, encodeBar } from '../../../src/core/features/bar/bar.ts'
import { decodeLabel, encodeLabel } from '../../../src/core/features/label_json.ts'
import { decodeRow } from '../../../src/core/features/row_json.ts'
import { decodePrediction, encodePrediction } from '../../../src/core/models/artifact/prediction_json.ts'
import { decodeState } from '../../../src/jobs/partitions/partition_state.ts'

const decoders = [decodeState, decodeLabel, decodeRow, decodePrediction, decodeBar]

test('text that is none of ours is null, whatever it is; nothing throws', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"x"', '{}', '{"product":"A"}', '{"product":null,"time":1}'])
    expect(decoders.map(decode => decode(text))).toEqual(decoders.map(() => null))
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

test('a bar that lacks a field, or holds in it what no bar does, is null', () => {
  const whole = JSON.parse(encodeBar('A', { ...emptyBar(5), quotes: 1, bid: 1, ask: 2 }))
  expect(decodeBar(JSON.stringify(whole))).toMatchObject({ product: 'A', bar: { second: 5, quotes: 1, bid: 1 } })
  for (const key of Object.keys(whole))
    for (const value of [undefined, true, 'other', []].filter(other => key !== 'product' || typeof other !== 'string'))
      expect({ key, value, found: decodeBar(JSON.stringify({ ...whole, [key]: value })) }).toMatchObject({
        found: null,
      })
  for (const key of ['second', 'quotes', 'bought'])
    expect(decodeBar(JSON.stringify({ ...whole, [key]: null }))).toBeNull()
  expect(decodeBar(JSON.stringify(whole).replace('"bid":1', '"bid":1e999'))).toBeNull()
})
