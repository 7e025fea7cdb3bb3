import { basename, join } from 'node:path'
import { SpikeError } from '../errors.ts'
import { kindOf } from '../files/place.ts'
import { readText } from '../files/read_text.ts'
import { placeNow } from '../files/together.ts'
import { runPaths } from '../run_paths.ts'
import { replacingNote } from './model_folder.ts'

/** What a training of before there was a base meant by its model. */
const former = 'logistic'

/**
 * The model that is meant by a path: a model folder or its model.json means itself; the folder of a training's models means its base,
 * which stands in the evaluation beside them, or without one the logistic model. All of it is of one training, also where a crash interrupted the next one.
 * @throws SpikeError BAD_FILE where no training left its models there.
 */
export function chooseModel(path: string): string {
  if (kindOf(path) !== 'folder' || kindOf(join(path, 'model.json')) !== null) return path
  const evaluation = placeNow(join(path, replacingNote), join(path, basename(runPaths.evaluation)))
  const base = kindOf(evaluation) === null ? null : baseIn(readText(evaluation))
  if (base === null && kindOf(join(path, former)) !== 'folder')
    throw new SpikeError(
      'BAD_FILE',
      `${path}: holds no models of a training; train first (npm run train), or name a model folder`,
    )
  return join(path, base ?? former)
}

/** The rest of it is not needed for scoring, and is not looked at. */
function baseIn(text: string): string | null {
  try {
    const { base } = JSON.parse(text) as { base?: unknown }
    return typeof base === 'string' && /^[a-z][a-z0-9_]*$/.test(base) ? base : null
  } catch {
    return null
  }
}
