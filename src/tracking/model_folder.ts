import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Artifact } from '../core/models/artifact/artifact.ts'
import { parseArtifact } from '../core/models/artifact/artifact_schema.ts'
import { mlflowFiles } from '../core/models/artifact/mlmodel.ts'
import { onnxModel } from '../core/models/artifact/onnx.ts'
import { volatilityOnnx } from '../core/models/artifact/onnx_volatility.ts'
import { SpikeError } from '../errors.ts'
import { finishReplacing } from '../files/together.ts'

/**
 * Writes a model folder: model.json that our scorer reads, model.onnx, and what makes it an MLflow model. A folder of that
 * name is replaced whole.
 */
export function saveModel(folder: string, artifact: Artifact, createdAt: Date): void {
  const temporary = `${folder}.${process.pid}.tmp`
  const former = `${folder}.${process.pid}.old`
  const id = createHash('sha256').update(JSON.stringify(artifact)).digest('hex').slice(0, 32)
  try {
    mkdirSync(temporary, { recursive: true })
    for (const [name, data] of Object.entries({
      'model.json': `${JSON.stringify(artifact, null, 2)}\n`,
      'model.onnx': artifact.format === 'spike60-volatility' ? volatilityOnnx(artifact) : onnxModel(artifact),
      ...mlflowFiles(artifact, id, createdAt),
    }))
      writeFileSync(join(temporary, name), data)
    mkdirSync(dirname(folder), { recursive: true })
    if (existsSync(folder)) renameSync(folder, former)
    renameSync(temporary, folder)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
    if (existsSync(folder)) rmSync(former, { recursive: true, force: true })
  }
}

/** In the folder of the models: what a training that was killed has still to put in its place. */
export const replacingNote = 'replacing.json'

/**
 * Loads a model for scoring. @param path a model folder, or its model.json.
 * @throws SpikeError BAD_FILE when there is none, BAD_MODEL when it cannot be used, one line a fault.
 */
export function loadModel(path: string): Artifact {
  finishReplacing(join(path, '..', replacingNote))
  finishReplacing(join(path, '../..', replacingNote))
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'model.json') : path
  if (!existsSync(file))
    throw new SpikeError('BAD_FILE', `${file}: does not exist; name a model folder that models/train.ts wrote`)
  return parseArtifact(readFileSync(file, 'utf8'), file)
}
