import { horizonSeconds } from '../features/label.ts'
import type { FeatureTable } from '../features/table.ts'
import type { LinearArtifact } from './artifact.ts'
import { checkOwnColumns } from './audit/own_columns.ts'
import { checkSingleFeatures } from './audit/single_feature.ts'
import type { AuditCheck, Segment } from './evaluation.ts'
import { fitPreparation } from './fit.ts'
import { labelRows } from './label.ts'
import { type SegmentName, type Split, segmentNames } from './split.ts'
import { tauFromTraining } from './tau.ts'

/** What a training run did, as it will be saved. The audit believes none of it and works it out again. */
export interface AuditInput {
  table: FeatureTable
  /** SHA-256 of the features: as the file says, and of the rows that were read. */
  digest: { stated: string | undefined; found: string }
  split: Pick<Split, SegmentName>
  segments: Record<SegmentName, Segment>
  labels: Float64Array
  tau: Record<string, number>
  /** Percentile that tau is of training's sigma_future; null where config fixes tau. */
  percentile: number | null
  artifact: Pick<LinearArtifact, 'inputs' | 'impute' | 'logs' | 'indicators' | 'mean' | 'scale'>
  embargo_s: number
  /** Verdict of the features' own leak test, from the file's metadata. */
  perturbation: string | undefined
}

/** Looks for ways in which a judged row could have reached what was fitted, or the future a feature. */
export function auditTraining(input: AuditInput): { passed: boolean; checks: AuditCheck[] } {
  const checks = [
    checkDigest(input.digest),
    checkSpans(input),
    checkTau(input),
    checkLabels(input),
    checkPreparation(input),
    checkOwnColumns(input.table),
    checkPerturbation(input.perturbation),
    checkSingleFeatures(input.table, input.split, input.segments, input.labels),
  ]
  return { passed: checks.every(check => check.verdict !== 'failed'), checks }
}

function checkDigest({ stated, found }: AuditInput['digest']): AuditCheck {
  const name = 'digest'
  if (stated === undefined)
    return { name, verdict: 'warning', detail: 'the feature file states no digest, so later changes cannot be seen' }
  return check(
    name,
    stated === found ? [] : [`the features were changed after they were written: digest ${found}, stated ${stated}`],
    `the features are as they were written: ${found}`,
  )
}

function checkSpans({ table, split, embargo_s }: AuditInput): AuditCheck {
  const faults: string[] = []
  const seen = new Set<number>()
  let shared = 0
  for (const name of segmentNames)
    for (const row of split[name]) {
      if (seen.has(row)) shared++
      seen.add(row)
    }
  if (shared > 0) faults.push(`${shared} rows lie in two segments`)
  const reach = (horizonSeconds + embargo_s) * 1e6
  const gaps: string[] = []
  for (const [fitted, judged] of [
    ['train', 'validation'],
    ['train', 'test'],
    ['validation', 'test'],
  ] as const) {
    if (split[fitted].length === 0 || split[judged].length === 0) continue
    const last = split[fitted].reduce((most, row) => Math.max(most, table.time[row]), Number.NEGATIVE_INFINITY)
    const first = split[judged].reduce((least, row) => Math.min(least, table.time[row]), Number.POSITIVE_INFINITY)
    const text = `last ${fitted} row ${(first - last) / 1e6} s before the first ${judged} row`
    if (last + reach < first) gaps.push(text)
    else faults.push(`${text}, more than ${reach / 1e6} s (horizon and embargo) are needed`)
  }
  return check('spans', faults, gaps.join('; '))
}

function checkTau({ table, split, tau, percentile }: AuditInput): AuditCheck {
  const shown = Object.entries(tau)
    .map(([product, value]) => `${product} ${value.toPrecision(4)}`)
    .join(', ')
  const still = Object.keys(tau).filter(product => tau[product] === 0)
  if (percentile === null) return check('tau', [], `fixed in the config: ${shown}`)
  const again = tauFromTraining(table, split.train, percentile).tau
  const faults = Object.keys({ ...tau, ...again })
    .filter(product => tau[product] !== again[product])
    .map(product => `tau of ${product} is ${tau[product]}, P${percentile} of its training rows is ${again[product]}`)
  const result = check('tau', faults, `P${percentile} of the training rows, worked out again: ${shown}`)
  if (faults.length > 0 || still.length === 0) return result
  return {
    ...result,
    verdict: 'warning',
    detail: `${result.detail}; 0 for ${still.join(', ')}: each second is a spike`,
  }
}

function checkLabels({ table, labels, tau }: AuditInput): AuditCheck {
  const again = labelRows(table, tau)
  const wrong = again.reduce((sum, label, row) => sum + (Object.is(label, labels[row]) ? 0 : 1), 0)
  return check(
    'labels',
    wrong > 0 ? [`${wrong} of ${table.rows} labels are not sigma_future >= tau`] : [],
    `all ${table.rows} equal sigma_future >= tau of the product, null where sigma_future is`,
  )
}

function checkPreparation({ table, split, artifact }: AuditInput): AuditCheck {
  const { imputer, scaler } = fitPreparation(
    table,
    split.train,
    artifact.inputs.map((name, j) => ({ name, log: artifact.logs.includes(j) })),
  )
  const faults = [
    differ(artifact.inputs, imputer.inputs) ? 'an input is all null or constant in training' : '',
    differ(artifact.impute, imputer.medians) ? 'medians are not those of the training rows' : '',
    differ(artifact.indicators, imputer.indicators) ? 'null indicators are not those of the training rows' : '',
    differ(artifact.mean, scaler.mean) || differ(artifact.scale, scaler.scale)
      ? 'means or scales are not those of the training rows'
      : '',
  ].filter(fault => fault !== '')
  return check(
    'imputer_and_scaler',
    faults,
    `medians, null indicators, means and scales of ${artifact.inputs.length} inputs equal those of the ${split.train.length} training rows`,
  )
}

function checkPerturbation(verdict: string | undefined): AuditCheck {
  const name = 'perturbation'
  if (verdict === 'passed')
    return { name, verdict, detail: 'at replay, events after T were changed and no feature of a row up to T moved' }
  if (verdict === 'failed')
    return { name, verdict, detail: 'at replay, a feature of a row up to T moved when events after T were changed' }
  return {
    name,
    verdict: 'warning',
    detail: 'the feature file does not say whether its leak test passed; scripts/replay.ts runs it',
  }
}

function differ(a: (string | number)[], b: (string | number)[]): boolean {
  return a.length !== b.length || a.some((value, i) => value !== b[i])
}

function check(name: string, faults: string[], found: string): AuditCheck {
  return {
    name,
    verdict: faults.length > 0 ? 'failed' : 'passed',
    detail: faults.length > 0 ? faults.join('; ') : found,
  }
}
