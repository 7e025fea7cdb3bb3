import { z } from 'zod'
import { SpikeError } from '../errors.ts'
import { readText } from '../files/read_text.ts'
import type { Exploration } from './eda/explore.ts'

const list = z.array(z.unknown())

const explorationSchema = z.looseObject({
  simulated: z.boolean(),
  source: z.looseObject({ digest: z.string() }),
  tau: z.looseObject({ chosen: z.number(), block_s: z.number(), candidates: list, blocks: list, curve: list }),
  relations: list,
  coverage: z.looseObject({ block_s: z.number(), blocks: list }),
})

/**
 * Reads the `exploration.json` of a run.
 * @throws SpikeError BAD_FILE, one line a fault.
 */
export function readExploration(path: string): Exploration {
  let value: unknown
  try {
    value = JSON.parse(readText(path))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not a readable exploration; write it with npm run report`, {
      cause,
    })
  }
  const result = explorationSchema.safeParse(value)
  if (result.success) return value as Exploration
  throw new SpikeError(
    'BAD_FILE',
    result.error.issues.map(issue => `${path}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
  )
}
