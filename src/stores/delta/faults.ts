import { SpikeError } from '../../errors.ts'
import { systemFault } from '../../files/fault.ts'

/** Turns what the disk and DuckDB throw into our errors; `place` names the store in them. */
export async function guard<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SpikeError || !(error instanceof Error)) throw error
    const fault = systemFault(error)
    if (fault !== null)
      throw new SpikeError(fault.exit === 1 ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED', fault.line, { cause: error })
    if (/^(IO|Invalid Input|Out of Memory) Error/.test(error.message))
      throw new SpikeError(
        'STORE_REFUSED',
        `${place}: a file of the table cannot be read or written: ${error.message}`,
        { cause: error },
      )
    throw error
  }
}
