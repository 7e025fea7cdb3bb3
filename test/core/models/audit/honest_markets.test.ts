import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { takeRows } from '../../../../src/core/features/table.ts'
import { type AuditInput, auditTraining } from '../../../../src/core/models/audit/audit.ts'
import { checkFits } from '../../../../src/core/models/audit/fits.ts'
import { checkProducts } from '../../../../src/core/models/audit/products.ts'
import { checkScores } from '../../../../src/core/models/audit/scores.ts'
import { runExperiment } from '../../../../src/core/models/experiment.ts'
import { honestInput } from '../../../fixtures/honest_audit_input.ts'
import { syntheticSource, syntheticTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()
const table = syntheticTable(4000)

function verdicts(input: AuditInput): Record<string, string> {
  return Object.fromEntries(auditTraining(input).checks.map(({ name, verdict }) => [name, verdict]))
}

test('a product without training rows does not leave silently', () => {
  const { validationFrom } = runExperiment(table, syntheticSource, config).split
  const kept = Array.from({ length: table.rows }, (_, row) => row).filter(
    row => table.product[row] !== 'ETH-USD' || table.time[row] >= validationFrom + 300e6,
  )
  const input = honestInput(takeRows(table, kept), config)
  expect(checkFits(input).verdict).toBe('passed')
  expect(checkScores(input).verdict).toBe('passed')
  expect(checkProducts(input).verdict).toBe('warning')
  expect(checkProducts(input).detail).toMatch(
    /^ETH-USD has no training row, so no tau and no label: \d{4} rows, \d+ with a sigma_future, 2026-01-05T00:\S+ to \S+ are in no segment$/,
  )
})

test('silences and session resets trouble none of the recomputations', () => {
  const silences: [number, number][] = [
    [500, 505],
    [900, 940],
    [2000, 2950],
  ]
  const holed = honestInput(syntheticTable(6000, 7, ['BTC-USD'], silences), config)
  expect(verdicts(holed)).toMatchObject({ own_columns: 'passed', own_features: 'passed', calendar: 'passed' })
})

test('honest markets of other seeds pass', () => {
  for (const seed of [1, 2]) {
    const { passed, checks } = auditTraining(honestInput(syntheticTable(2500, seed, ['BTC-USD']), config))
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(passed).toBe(true)
  }
})

test('a fixed tau is not compared with training, and is said to be fixed', () => {
  const fixed = { ...config, label: { ...config.label, tau: { 'BTC-USD': 4e-5, 'ETH-USD': 5e-5 } } }
  const { tau, evaluation } = runExperiment(table, syntheticSource, fixed)
  expect(tau.tau).toEqual(fixed.label.tau)
  expect(evaluation.tau_source).toMatch(/fixed in the config/)
  expect(evaluation.audit.checks.find(({ name }) => name === 'tau')?.detail).toMatch(/^fixed/)
  const partly = { ...config, label: { ...config.label, tau: { 'BTC-USD': 4e-5 } } }
  expect(() => runExperiment(table, syntheticSource, partly)).toThrow(/ETH-USD/)
})
