import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Artifact } from '../core/models/artifact/artifact.ts'
import { parseArtifact } from '../core/models/artifact/artifact_schema.ts'
import { mlflowFiles } from '../core/models/artifact/mlmodel.ts'
import { onnxModel } from '../core/models/artifact/onnx.ts'
import { volatilityOnnx } from '../core/models/artifact/onnx_volatility.ts'
import { SpikeError } from '../errors.ts'
import { kindOf } from '../files/place.ts'
import { readText } from '../files/read_text.ts'
import { placeNow } from '../files/together.ts'

/** Writes into a folder, made if missing: model.json that our scorer reads, model.onnx, and what makes it an MLflow model. */
export function saveModel(folder: string, artifact: Artifact, createdAt: Date, example?: (number | null)[]): void {
  const id = createHash('sha256').update(JSON.stringify(artifact)).digest('hex').slice(0, 32)
  mkdirSync(folder, { recursive: true })
  for (const [name, data] of Object.entries({
    'model.json': `${JSON.stringify(artifact, null, 2)}\n`,
    'model.onnx': artifact.format === 'spike60-volatility' ? volatilityOnnx(artifact) : onnxModel(artifact),
    ...mlflowFiles(artifact, id, createdAt, example),
  }))
    writeFileSync(join(folder, name), data)
}

const modelFiles = [
  ...['model.json', 'model.onnx', 'MLmodel', 'requirements.txt', 'python_env.yaml', 'conda.yaml'],
  ...['input_example.json', 'serving_input_example.json'],
]

/**
 * Checks that folders which are to be replaced by models hold nothing but what `saveModel` writes.
 * @throws SpikeError BAD_FILE, one line for each thing that would be lost.
 */
export function refuseOtherFiles(folders: string[]): void {
  const others = folders.flatMap(folder =>
    kindOf(folder) !== 'folder'
      ? []
      : readdirSync(folder).flatMap(name => (modelFiles.includes(name) ? [] : [join(folder, name)])),
  )
  if (others.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      others.map(path => `${path}: lies in a model folder, which a training replaces whole; move it away`),
    )
}

/** In the folder of the models: what a training that was killed has still to put in its place. */
export const replacingNote = 'replacing.json'

/**
 * Loads a model for scoring, as the last training left it. Writes nothing. @param path a model folder, or its model.json.
 * @throws SpikeError BAD_FILE when there is none, BAD_MODEL when it cannot be used, one line a fault.
 */
export function loadModel(path: string): Artifact {
  const file = modelFile(path)
  if (!existsSync(file))
    throw new SpikeError('BAD_FILE', `${file}: does not exist; name a model folder that models/train.ts wrote`)
  return parseArtifact(readText(file), file)
}

/** The model.json of a model folder or of itself, where it is now. */
function modelFile(path: string): string {
  const folder = kindOf(path) === 'file' ? dirname(path) : path
  const now = placeNow(join(dirname(resolve(folder)), replacingNote), folder)
  return kindOf(now) === 'folder' ? join(now, 'model.json') : path
}
