import { SpikeError } from '../../errors.ts'
import type { Profile } from '../profile/profile.ts'

export interface MatchedColumns {
  /** Numeric on both sides, with a value on at least one. */
  names: string[]
  /** Not compared, and why. */
  left_out: { name: string; reason: string }[]
}

/** A column of labelled files: each row's own threshold. */
const threshold = 'tau'

/**
 * The columns that both sides have as numbers, in the order of the reference.
 * @throws SpikeError BAD_TABLE, one line a fault: a side of one row, infinite values, sides of two spec versions, a column that
 *   is text on one side, no common columns, nothing but nulls.
 */
export function matchColumns(reference: Profile, current: Profile): MatchedColumns {
  const faults = [...faultsOf(reference), ...faultsOf(current)]
  const [was, is] = [reference.spec_version, current.spec_version]
  if (was !== null && is !== null && was !== is)
    faults.push(
      `${current.name}: its features are of spec version ${is}, those of ${reference.name} of version ${was}; write both anew with one version`,
    )
  for (const [a, b] of [
    [reference, current],
    [current, reference],
  ])
    for (const name of Object.keys(a.columns))
      if (b.others[name])
        faults.push(`${b.name}: column ${name} is ${b.others[name]}, but a number in ${a.name}; make both numbers`)

  const shared = Object.keys(reference.columns).filter(name => current.columns[name])
  const common = shared.filter(name => name !== threshold)
  if (common.length === 0 && faults.length === 0)
    faults.push(
      `${reference.name} and ${current.name}: have no numeric column in common; compare two files of one feature spec`,
    )
  const values = (side: Profile, name: string): boolean => side.columns[name].nulls < side.rows
  const names = common.filter(name => values(reference, name) || values(current, name))
  for (const side of [reference, current])
    if (common.length > 0 && !common.some(name => values(side, name)))
      faults.push(`${side.name}: its columns hold nothing but nulls; compare rows that have features`)
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)

  const onlyIn = (a: Profile, b: Profile): { name: string; reason: string }[] =>
    [...Object.keys(a.columns), ...Object.keys(a.others)]
      .filter(name => !b.columns[name] && !b.others[name])
      .map(name => ({ name, reason: `only in ${a.name}` }))
  return {
    names,
    left_out: [
      ...(shared.includes(threshold)
        ? [{ name: threshold, reason: 'the threshold of the label, not a measurement' }]
        : []),
      ...common.filter(name => !names.includes(name)).map(name => ({ name, reason: 'null on both sides' })),
      ...Object.keys(reference.others)
        .filter(name => current.others[name])
        .map(name => ({ name, reason: `not a number (${reference.others[name]})` })),
      ...onlyIn(reference, current),
      ...onlyIn(current, reference),
    ],
  }
}

/** What makes a side unfit for any comparison, one line a fault. */
export function faultsOf(side: Profile): string[] {
  const faults: string[] = []
  if (side.rows < 2) faults.push(`${side.name}: holds ${side.rows} row; a side of a comparison needs at least two`)
  for (const [name, { infinite, infinite_at }] of Object.entries(side.columns))
    if (infinite > 0)
      faults.push(
        `${side.name}: column ${name} holds ${infinite} infinite values, the first at ${infinite_at}; write nulls where a value is undefined`,
      )
  return faults
}
