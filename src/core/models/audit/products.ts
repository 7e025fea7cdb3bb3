import { everyRow, type FeatureTable } from '../../features/table.ts'
import { isoTime } from '../../math/time.ts'
import type { AuditCheck } from './check.ts'
import type { AuditInput } from './input.ts'

/** Names each product that is left out: without training rows it has no tau and no label, without test rows nothing judges it. */
export function checkProducts({ table, split, tau }: Pick<AuditInput, 'table' | 'split' | 'tau'>): AuditCheck {
  const products = [...new Set(table.product)]
  const judged = new Set(Array.from(split.test, row => table.product[row]))
  const trainEnd = split.train.reduce((last, row) => Math.max(last, table.time[row]), Number.NEGATIVE_INFINITY)
  const left = products.flatMap(product => {
    if (!(product in tau)) {
      const there = table.product.some(
        (name, row) => name === product && table.time[row] <= trainEnd && !Number.isNaN(table.sigma_future[row]),
      )
      const why = there ? 'stood still in training' : 'has no training row'
      return [`${product} ${why}, so no tau and no label: ${extentOf(table, product)} are in no segment`]
    }
    if (!judged.has(product))
      return [`${product} has no test row: it is fitted on (${extentOf(table, product)}), not judged`]
    return []
  })
  return {
    name: 'products',
    verdict: left.length > 0 ? 'warning' : 'passed',
    detail: left.length > 0 ? left.join('; ') : `${products.join(', ')}: fitted on and judged`,
  }
}

function extentOf(table: FeatureTable, name: string): string {
  const { product, time, sigma_future } = table
  const own = everyRow(table).filter(row => product[row] === name)
  const labelled = own.filter(row => !Number.isNaN(sigma_future[row])).length
  return `${own.length} rows, ${labelled} with a sigma_future, ${isoTime(time[own[0]])} to ${isoTime(time[own[own.length - 1]])}`
}
