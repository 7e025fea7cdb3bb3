import { SpikeError } from '../../errors.ts'

/** SQLite's result codes that pass: busy, locked, I/O error, disk full. */
const passing = [5, 6, 10, 13]

/** Turns what SQLite throws into our errors; `path` names the store in them. */
export function guard<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof SpikeError || !(error instanceof Error) || !('errcode' in error)) throw error
    const passes = passing.includes(Number(error.errcode) & 0xff)
    if (passes) throw new SpikeError('STORE_UNAVAILABLE', `${path}: ${error.message}`, { cause: error })
    throw new SpikeError(
      'STORE_REFUSED',
      `${path}: no store of ours that can be used: ${error.message}; name another file`,
      {
        cause: error,
      },
    )
  }
}
