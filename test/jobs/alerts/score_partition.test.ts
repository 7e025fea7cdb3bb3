import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { describeAlert } from '../../../src/core/indicators/alerts/alert_row.ts'
import { encodeSettled } from '../../../src/core/models/artifact/settled_json.ts'
import { ScorePartition } from '../../../src/jobs/alerts/score_partition.ts'
import type { Incoming } from '../../../src/streams/port.ts'

const { models } = readConfig()
const topics = { settled: 'settled', alerts: 'alerts' }
const begin = 1_767_571_200e6

interface Said {
  /** Seconds after the beginning. */
  at: number
  /** Whether the model knows, or EWMA does. */
  knows: boolean
  trained_until?: string
  product?: string
}

let offset = 0
/** A spike of two minutes in each ten. */
function settled({ at, knows, trained_until = '2026-01-01T00:00:00.000Z', product = 'BTC-USD' }: Said): Incoming {
  const spike = at % 600 < 120
  const [right, wrong] = [spike ? 0.9 : 0.1, ((at * 7919) % 997) / 997]
  const said = { product, time: begin + 1e6 * at, model: 'average', alarm: false, tau: 1, trained_until }
  const value = encodeSettled(
    { ...said, probability: knows ? right : wrong, ewma: knows ? wrong : right },
    spike ? 2 : 0.5,
  )
  const place = { topic: 'settled', partition: 0, offset: offset++, key: product, timestamp: 0 }
  return { ...place, value: Buffer.from(value) }
}

function alertsOf(rows: Said[], hours = 4): { product: string; time: number; value: number }[] {
  const work = new ScorePartition({ models, hours }, topics)
  for (const row of rows) work.take(settled(row), false)
  return work.due.map(({ value }) => JSON.parse(String(value)))
}

const during = (from: number, to: number, more: Omit<Said, 'at'>): Said[] =>
  Array.from({ length: (to - from) / 10 }, (_, i) => ({ at: from + 10 * i, ...more }))

test('a model that does worse than EWMA is told once, with the command that asks for a challenger', () => {
  const [alert, ...others] = alertsOf(during(0, 14_400, { knows: false }))
  expect(others).toEqual([])
  expect(alert).toMatchObject({ product: 'BTC-USD', rule: 'model_score', limit: 0 })
  expect(alert.value).toBeLessThan(-0.5)
  expect((alert.time - begin / 1e6) % 1200).toBe(0)
  expect(describeAlert(alert as never)).toMatch(/^model_score BTC-USD: -0\.\d+ PR-AUC .*npx spike60 retrain --raw/)
})

test('one that does better is not, nor one that has said little, nor what it was fitted on', () => {
  expect(alertsOf(during(0, 14_400, { knows: true }))).toEqual([])
  expect(alertsOf(during(0, 2400, { knows: false }))).toEqual([])
  const fitted = { knows: false, trained_until: new Date(begin / 1000 + 14_400_000).toISOString() }
  expect(alertsOf(during(0, 14_400, fitted))).toEqual([])
})

test('a new champion of the same name begins anew, and what lies further back than the hours is forgotten', () => {
  const later = { knows: true, trained_until: '2026-01-02T00:00:00.000Z' }
  const before = alertsOf(during(0, 14_400, { knows: false }))
  expect(alertsOf([...during(0, 14_400, { knows: false }), ...during(14_400, 28_800, later)])).toEqual(before)
  const recovered = [...during(0, 7200, { knows: false }), ...during(7200, 28_800, { knows: true })]
  expect(alertsOf([...recovered, ...during(28_800, 43_200, { knows: false })], 2)).toHaveLength(2)
})
