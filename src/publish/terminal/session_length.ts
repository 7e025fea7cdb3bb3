import type { SessionLength } from '../../core/models/split/session_length.ts'

/** One line on what a recording of this length is good for, and how much more the next step wants. */
export function describeLength(length: SessionLength): string {
  const { seconds, products, rows, labels, test_rows, to_train, to_walk, to_test } = length
  const head = `${spell(seconds)} of market, ${products} ${products === 1 ? 'product' : 'products'}: about ${rows} rows, ${labels} of them labelled`
  if (to_train > 0) return `${head}; too few to train on: record ${spell(to_train)} more`
  if (to_walk > 0)
    return `${head}; enough to train and to judge forecast errors, not PR-AUC: for that a walk-forward wants about ${spell(to_walk)} more, the test segment (${test_rows} rows) ${spell(to_test)}`
  if (to_test > 0)
    return `${head}; enough for a walk-forward to judge, not for the test segment alone (${test_rows} rows): about ${spell(to_test)} more`
  return `${head}; enough to judge a test segment (${test_rows} rows) and a walk-forward`
}

/** A length of time as people say it: `45 s`, `15 min`, `3 h 10 min`. */
export function spell(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean).join(' ')
}
