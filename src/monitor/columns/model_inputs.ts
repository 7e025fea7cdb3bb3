import { join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { kindOf } from '../../files/place.ts'
import { readText } from '../../files/read_text.ts'

/** What the report needs to know of a model: the columns it reads and its threshold on sigma_future. */
export interface ModelUse {
  inputs: string[]
  tau: Record<string, number> | null
}

/**
 * Reads a model folder (its `model.json`) or that file itself.
 * @throws SpikeError BAD_MODEL when it is missing, is not JSON, or names no inputs.
 */
export function readModelUse(path: string): ModelUse {
  const file = kindOf(path) === 'folder' ? join(path, 'model.json') : path
  let model: { inputs?: unknown; tau?: unknown }
  try {
    model = JSON.parse(readText(file))
  } catch (cause) {
    throw new SpikeError('BAD_MODEL', `${file}: is not a readable model.json; name a folder under models/artifacts`, {
      cause,
    })
  }
  const { inputs, tau } = model ?? {}
  if (!Array.isArray(inputs) || !inputs.every(name => typeof name === 'string'))
    throw new SpikeError('BAD_MODEL', `${file}: lacks the list of inputs; write it with models/train.ts`)
  return { inputs, tau: isTau(tau) ? tau : null }
}

/** A threshold a product. */
function isTau(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && Object.values(value).every(tau => typeof tau === 'number')
}
