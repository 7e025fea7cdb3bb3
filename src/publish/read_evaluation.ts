import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Evaluation, parseEvaluation } from '../core/models/judge/evaluation.ts'
import { SpikeError } from '../errors.ts'
import { finishReplacing } from '../files/together.ts'
import { replacingNote } from '../tracking/model_folder.ts'

/**
 * Reads the `evaluation.json` of a training run, after finishing what a killed training left.
 * @throws SpikeError BAD_FILE where there is none, and as `parseEvaluation`.
 * @example
 * const { splits } = readEvaluation('models/artifacts/evaluation.json')
 */
export function readEvaluation(path: string): Evaluation {
  finishReplacing(join(dirname(path), replacingNote))
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not a readable evaluation; write it with models/train.ts`, { cause })
  }
  return parseEvaluation(text, path)
}
