import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { AuditInput } from '../../../../src/core/models/audit/input.ts'
import { checkShuffledLabels } from '../../../../src/core/models/audit/shuffled_labels.ts'

/** So many rows of training and of test, of which those from `first` to `last` are spikes; no fit is reached. */
function inputOf(training: number, judged: number, first: number, last: number): AuditInput {
  const rows = training + judged
  const [from, to] = [(end: number) => Int32Array.from({ length: end }, (_, i) => i), training]
  return {
    table: {
      ...{ rows, product: new Array<string>(rows).fill('BTC-USD'), columns: {} },
      time: Float64Array.from({ length: rows }, (_, i) => i * 1e6),
      sigma_future: Float64Array.from({ length: rows }, (_, i) => (i >= first && i <= last ? 2e-5 : 1e-6)),
    },
    split: { train: from(to), validation: new Int32Array(0), test: from(rows).slice(to) },
    splits: { test: { degenerate: null } },
    tau: { 'BTC-USD': 1e-5 },
    config: readConfig(),
  } as unknown as AuditInput
}

describe('labels that cannot be moved round are a warning, before anything is fitted', () => {
  const oneClass = 'labels moved round left one class only in training or in test'
  test.each([
    ['1199 rows of test', inputOf(2000, 1199, 0, 5), 'the test segment is too short to move its labels round'],
    ['1200 rows of test, no spike', inputOf(2000, 1200, 1, 0), oneClass],
    ['nothing but spikes', inputOf(2000, 1200, 0, 3200), oneClass],
    ['one spike, which lies in one of them', inputOf(2000, 1200, 7, 7), oneClass],
    ['one row that is none', inputOf(2000, 1200, 8, 3206), oneClass],
  ])('%s', (_, input, detail) => {
    expect(checkShuffledLabels(input)).toEqual({ name: 'shuffled_labels', verdict: 'warning', detail })
  })
})
