import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { MlflowClient } from './client.ts'
import { type LoggedModel, replies } from './replies.ts'
import type { RunRecord } from './run_record.ts'
import { tags } from './tags.ts'

type Model = NonNullable<RunRecord['model']>

/** The run of a server to which a model belongs. */
export interface Owner {
  experimentId: string
  runId: string
  name: string
  endedAt: number
}

/** The logged model of a run: the one that is there already, else a new one, linked to the run. Its files may still be missing. */
export async function ensureLoggedModel(client: MlflowClient, owner: Owner, linked: boolean): Promise<LoggedModel> {
  const found = await client.api(replies.loggedModels, 'POST', 'logged-models/search', {
    experiment_ids: [owner.experimentId],
    filter: `source_run_id = '${owner.runId}'`,
  })
  const model =
    found.models?.[0] ??
    (
      await client.api(replies.loggedModel, 'POST', 'logged-models', {
        experiment_id: owner.experimentId,
        name: owner.name,
        model_type: 'onnx',
        source_run_id: owner.runId,
      })
    ).model
  if (!linked)
    await client.api(replies.any, 'POST', 'runs/outputs', {
      run_id: owner.runId,
      models: [{ model_id: model.info.model_id, step: 0 }],
    })
  return model
}

/** Uploads a model folder, names its ids in MLmodel, and marks the logged model ready. */
export async function uploadModel(client: MlflowClient, owner: Owner, model: Model, logged: LoggedModel) {
  const { model_id, artifact_uri } = logged.info
  for (const file of listFiles(model.folder)) {
    if (file !== 'MLmodel') await client.put(artifact_uri, file, { file: join(model.folder, file) })
  }
  const description = parseDocument(readFileSync(join(model.folder, 'MLmodel'), 'utf8'))
  for (const [key, value] of Object.entries({ artifact_path: artifact_uri, model_id, model_uuid: model_id }))
    description.set(key, value)
  description.set('run_id', owner.runId)
  await client.put(artifact_uri, 'MLmodel', { text: description.toString({ lineWidth: 0 }) })
  await client.api(replies.any, 'PATCH', `logged-models/${model_id}`, { model_id, status: 'LOGGED_MODEL_READY' })
}

/** Makes the model a version of its registered name, once; the alias moves to it unless it points to a later run already. */
export async function registerModel(client: MlflowClient, owner: Owner, model: Model, modelId: string): Promise<void> {
  const name = model.registered
  await client.attempt('RESOURCE_ALREADY_EXISTS', replies.any, 'POST', 'registered-models/create', { name })
  const found = await client.api(replies.versions, 'GET', 'model-versions/search', {
    filter: `name='${name}' and run_id='${owner.runId}'`,
  })
  const version =
    found.model_versions?.[0]?.version ??
    (
      await client.api(replies.version, 'POST', 'model-versions/create', {
        name,
        source: `models:/${modelId}`,
        run_id: owner.runId,
        model_id: modelId,
        tags: [
          { key: tags.endedAt, value: String(owner.endedAt) },
          { key: tags.model, value: owner.name },
        ],
      })
    ).model_version.version
  if (model.alias && (await endOf(client, name, model.alias)) <= owner.endedAt)
    await client.api(replies.any, 'POST', 'registered-models/alias', { name, alias: model.alias, version })
}

/** When the run ended to which the alias points; 0 where it points to nothing, or to a version without that tag. */
async function endOf(client: MlflowClient, name: string, alias: string): Promise<number> {
  const registered = await client.api(replies.registered, 'GET', 'registered-models/get', { name })
  const version = registered.registered_model.aliases?.find(a => a.alias === alias)?.version
  if (version === undefined) return 0
  const reply = await client.api(replies.version, 'GET', 'model-versions/get', { name, version })
  return Number(reply.model_version.tags?.find(t => t.key === tags.endedAt)?.value ?? 0)
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}
