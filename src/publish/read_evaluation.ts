import { dirname, join } from 'node:path'
import { type Evaluation, parseEvaluation } from '../core/models/judge/evaluation.ts'
import { SpikeError } from '../errors.ts'
import { kindOf } from '../files/place.ts'
import { readText } from '../files/read_text.ts'
import { placeNow } from '../files/together.ts'
import { replacingNote } from '../tracking/model_folder.ts'

/**
 * Reads the `evaluation.json` of a training run, as the last training left it. Writes nothing.
 * @throws SpikeError BAD_FILE where there is none, and as `parseEvaluation`.
 * @example
 * const { splits } = readEvaluation('models/artifacts/evaluation.json')
 */
export function readEvaluation(path: string): Evaluation {
  const file = placeNow(join(dirname(path), replacingNote), path)
  if (kindOf(file) === null) throw new SpikeError('BAD_FILE', `${path}: does not exist; write it with models/train.ts`)
  let text: string
  try {
    text = readText(file)
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not a readable evaluation; write it with models/train.ts`, { cause })
  }
  return parseEvaluation(text, path)
}
