import type { MlflowClient } from './client.ts'
import { ensureLoggedModel, type Owner, registerModel, uploadModel } from './model.ts'
import { type MlflowRun, replies } from './replies.ts'
import type { RunDataset, RunRecord } from './run_record.ts'
import { tags } from './tags.ts'

/**
 * Brings one run to the server, or finishes it where an earlier attempt stopped: every step leaves what is there alone.
 * Only the last step marks the run FINISHED.
 * @param half the run as an earlier attempt left it.
 * @returns the run as the server knows it.
 */
export async function uploadRun(
  client: MlflowClient,
  experimentId: string,
  record: RunRecord,
  parentRunId: string | undefined,
  half: MlflowRun | undefined,
): Promise<MlflowRun> {
  const run = half ?? (await createRun(client, experimentId, record, parentRunId))
  const { run_id, artifact_uri } = run.info
  const owner: Owner = { experimentId, runId: run_id, name: record.name, endedAt: record.ended_at }
  if (record.datasets.length > 0)
    await client.api(replies.any, 'POST', 'runs/log-inputs', { run_id, datasets: record.datasets.map(datasetInput) })
  const linked = (run.outputs?.model_outputs ?? []).length > 0
  const logged = record.model && (await ensureLoggedModel(client, owner, linked))
  for (const batch of batches(record, logged?.info.model_id))
    await client.api(replies.any, 'POST', 'runs/log-batch', { run_id, ...batch })
  for (const { path, file } of record.artifacts) await client.put(artifact_uri, path, { file })
  if (record.model && logged) {
    if (logged.info.status !== 'LOGGED_MODEL_READY') await uploadModel(client, owner, record.model, logged)
    await registerModel(client, owner, record.model, logged.info.model_id)
  }
  await client.api(replies.any, 'POST', 'runs/update', { run_id, status: 'FINISHED', end_time: record.ended_at })
  return { ...run, info: { ...run.info, status: 'FINISHED' } }
}

async function createRun(
  client: MlflowClient,
  experimentId: string,
  record: RunRecord,
  parentRunId: string | undefined,
): Promise<MlflowRun> {
  const own = {
    [tags.journalId]: record.id,
    'mlflow.source.name': 'spike60',
    'mlflow.source.type': 'LOCAL',
    ...(parentRunId && { 'mlflow.parentRunId': parentRunId }),
  }
  const reply = await client.api(replies.run, 'POST', 'runs/create', {
    experiment_id: experimentId,
    run_name: record.name,
    start_time: record.started_at,
    tags: pairs(own),
  })
  return reply.run
}

function datasetInput(dataset: RunDataset): Record<string, unknown> {
  return {
    tags: [{ key: 'mlflow.data.context', value: dataset.context }],
    dataset: {
      name: dataset.name,
      digest: dataset.digest.slice(0, digestLimit),
      source_type: 'local',
      source: JSON.stringify({ uri: dataset.source }),
      schema: JSON.stringify({
        mlflow_colspec: dataset.columns.map(name => ({ type: 'double', name, required: false })),
      }),
      profile: JSON.stringify({ num_rows: dataset.rows, digest: dataset.digest }),
    },
  }
}

/** A dataset's digest on the server has at most so many characters; the whole one stands in its profile. */
const digestLimit = 36

interface Batch {
  metrics?: Record<string, unknown>[]
  params?: { key: string; value: string }[]
  tags?: { key: string; value: string }[]
}

/** log-batch takes at most 1000 metrics, 100 params or 100 tags, and 1 MB. */
function batches(record: RunRecord, modelId: string | undefined): Batch[] {
  const metrics = record.metrics.map(metric => ({
    key: metric.key,
    value: metric.value,
    timestamp: Math.round(metric.timestamp ?? record.ended_at),
    step: metric.step ?? 0,
    ...(modelId && { model_id: modelId }),
  }))
  return [
    ...chunks(pairs(record.params), 100).map(params => ({ params })),
    ...chunks(pairs(record.tags), 100).map(tags => ({ tags })),
    ...chunks(metrics, 1000).map(metrics => ({ metrics })),
  ]
}

function chunks<T>(items: T[], most: number, mostBytes = 900_000): T[][] {
  const all: T[][] = []
  let bytes = 0
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1
    if (all.length === 0 || all.at(-1)!.length >= most || bytes + size > mostBytes) {
      all.push([])
      bytes = 0
    }
    all.at(-1)!.push(item)
    bytes += size
  }
  return all
}

function pairs(values: Record<string, string | number>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: String(value) }))
}
