import { labelRows } from '../split/label.ts'
import { tauFromTraining } from '../split/tau.ts'
import { type AuditCheck, verdictOf } from './check.ts'
import type { AuditInput } from './input.ts'

/** tau worked out again from the training rows, unless the config fixes it. */
export function checkTau({ table, split, tau, config }: Pick<AuditInput, 'table' | 'split' | 'tau' | 'config'>) {
  const shown = Object.entries(tau)
    .map(([product, value]) => `${product} ${value.toPrecision(4)}`)
    .join(', ')
  if (config.label.tau !== null) return verdictOf('tau', [], `fixed in the config: ${shown}`)
  const { percentile } = config.label
  const again = tauFromTraining(table, split.train, percentile).tau
  const faults = Object.keys({ ...tau, ...again })
    .filter(product => tau[product] !== again[product])
    .map(product => `tau of ${product} is ${tau[product]}, P${percentile} of its training rows is ${again[product]}`)
  const result = verdictOf('tau', faults, `P${percentile} of the training rows, worked out again: ${shown}`)
  const still = Object.keys(tau).filter(product => tau[product] === 0)
  if (faults.length > 0 || still.length === 0) return result
  const detail = `${result.detail}; 0 for ${still.join(', ')}: each second is a spike`
  return { ...result, verdict: 'warning', detail } satisfies AuditCheck
}

/** Labels worked out again from sigma_future and tau. */
export function checkLabels({ table, labels, tau }: Pick<AuditInput, 'table' | 'labels' | 'tau'>): AuditCheck {
  const again = labelRows(table, tau)
  const wrong = again.reduce((sum, label, row) => sum + (Object.is(label, labels[row]) ? 0 : 1), 0)
  return verdictOf(
    'labels',
    wrong > 0 ? [`${wrong} of ${table.rows} labels are not sigma_future >= tau`] : [],
    `all ${table.rows} equal sigma_future >= tau of the product, null where sigma_future is`,
  )
}
