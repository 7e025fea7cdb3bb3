import { SpikeError } from '../../errors.ts'

/** Thresholds of one column in place of the common ones. */
export interface ColumnLimits {
  /** Scale-free distance from which the column may drift. */
  distance?: number
  /** Evidently-compatible threshold where the score is a distance. */
  evidently_distance?: number
  /** The same where the score is a p-value. */
  evidently_p?: number
  /** Growth of the share of nulls that is a fault. */
  null_growth?: number
}

/** @throws SpikeError BAD_CONFIG naming the columns with thresholds that the comparison lacks: they would never be looked at. */
export function checkLimits(limits: Record<string, ColumnLimits>, names: string[]): void {
  const unknown = Object.keys(limits).filter(name => !names.includes(name))
  if (unknown.length > 0)
    throw new SpikeError(
      'BAD_CONFIG',
      unknown.map(
        name => `drift.columns.${name}: is not a column of both sides; name one of theirs, or take its thresholds out`,
      ),
    )
}
