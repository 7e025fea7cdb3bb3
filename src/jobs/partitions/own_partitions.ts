import { SpikeError } from '../../errors.ts'

/**
 * The partitions that one of a job works on: those that were asked for, each once, else all.
 * @param count how many the topic has.
 * @throws SpikeError BAD_ARGUMENT for one that the topic does not have.
 */
export function ownPartitions(asked: number[] | undefined, count: number): number[] {
  const all = Array.from({ length: count }, (_, partition) => partition)
  const unknown = asked?.find(partition => !all.includes(partition))
  if (unknown !== undefined)
    throw new SpikeError('BAD_ARGUMENT', `--partitions takes numbers from 0 to ${count - 1}, not '${unknown}'`)
  return asked === undefined ? all : [...new Set(asked)]
}
