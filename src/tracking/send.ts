import { join } from 'node:path'
import { SpikeError } from '../errors.ts'
import { withLock } from '../files/lock.ts'
import { type Attachment, readAttachments, sendAttachments } from './attachments.ts'
import { connectMlflow, type MlflowClient } from './client.ts'
import { acknowledge, type JournalEntry, readAcknowledgements, readJournal } from './journal.ts'
import { leaderboard } from './leaderboard.ts'
import { type MlflowRun, replies } from './replies.ts'
import { tags } from './tags.ts'
import { uploadRun } from './upload.ts'
import { checkServerVersion } from './version.ts'

export interface Sending {
  /** Runs that this call brought to the server, or finished there. */
  sent: number
  /** Attachments to runs that this call brought to the server. */
  attached: number
  /** Address of each experiment's page, by experiment. */
  links: Record<string, string>
  /** One line for each run that did not get through, or one for a server that does not answer. */
  warnings: string[]
}

/**
 * Sends every journalled run that the server at `uri` does not hold whole, parents first. The server itself is asked what it
 * holds, by the tag `spike60.journal_id`: so a run appears once, whoever sent it, and again on a server that was made anew.
 * @throws SpikeError BAD_ARGUMENT for an address that is not http; trouble with the server is a warning, and the run stays to be sent.
 */
export async function sendJournal(journal: string, uri: string): Promise<Sending> {
  const client = connectMlflow(uri)
  const sending: Sending = { sent: 0, attached: 0, links: {}, warnings: [] }
  try {
    await checkServerVersion(client.uri)
    await withLock(join(journal, 'lock.db'), 60_000, async () => {
      const { entries, faults } = readJournal(journal)
      const { attachments, faults: others } = readAttachments(journal)
      for (const fault of [...faults, ...others]) sending.warnings.push(fault)
      for (const experiment of new Set(entries.map(entry => entry.experiment)))
        await sendExperiment(client, experiment, entries, attachments, sending)
    })
  } catch (error) {
    if (!(error instanceof SpikeError && (error.retriable || error.code === 'MLFLOW_REFUSED'))) throw error
    sending.warnings.push(error.message)
  }
  return sending
}

async function sendExperiment(
  client: MlflowClient,
  experiment: string,
  entries: JournalEntry[],
  attachments: Attachment[],
  sending: Sending,
): Promise<void> {
  const id = await orWarn(sending, `experiment '${experiment}'`, () => ensureExperiment(client, experiment))
  if (id === null) return
  sending.links[experiment] = experimentLink(client.uri, id)
  await orWarn(sending, `the leaderboard of experiment '${experiment}'`, () =>
    client.api(replies.any, 'POST', 'experiments/set-experiment-tag', {
      experiment_id: id,
      key: leaderboard.tag,
      value: leaderboard.value,
    }),
  )
  const known = new Set([...entries.map(({ record }) => record.id), ...attachments.map(({ run }) => run)])
  const held = await findRuns(client, id, known)
  for (const { experiment: own, folder, record } of entries) {
    if (own !== experiment) continue
    const there = held.get(record.id)
    let runId = there?.info.run_id
    if (!there || !isSettled(there)) {
      const parent = record.parent === undefined ? undefined : held.get(record.parent)
      const name = `run '${record.name}' (${record.id})`
      if (record.parent !== undefined && !parent) {
        sending.warnings.push(`${name}: its parent ${record.parent} is not on the server; it stays in the journal`)
        continue
      }
      const run = await orWarn(sending, name, () => uploadRun(client, id, record, parent?.info.run_id, there))
      if (run === null) continue
      runId = run.info.run_id
      held.set(record.id, run)
      sending.sent++
    }
    if (!readAcknowledgements(folder).some(a => a.uri === client.uri && a.run_id === runId))
      await acknowledge(folder, { uri: client.uri, run_id: runId!, sent_at: new Date().toISOString() })
  }
  for (const [run, own] of Map.groupBy(attachments, attachment => attachment.run)) {
    const there = held.get(run)
    if (there === undefined || there.info.lifecycle_stage === 'deleted') continue
    const name = `what was attached to run ${run}`
    sending.attached += (await orWarn(sending, name, () => sendAttachments(client, there, own))) ?? 0
  }
}

/** Address of an experiment's leaderboard in the UI. */
function experimentLink(uri: string, experimentId: string): string {
  return `${uri}/#/experiments/${experimentId}/runs?workflowType=machine_learning&${leaderboard.query}`
}

/** Whole, or deleted by someone on the server. */
function isSettled(run: MlflowRun): boolean {
  return run.info.status === 'FINISHED' || run.info.lifecycle_stage === 'deleted'
}

async function ensureExperiment(client: MlflowClient, name: string): Promise<string> {
  const found = await getExperiment(client, name)
  if (found) return found
  const created = await client.attempt(
    'RESOURCE_ALREADY_EXISTS',
    replies.createdExperiment,
    'POST',
    'experiments/create',
    { name, tags: [{ key: 'mlflow.experimentKind', value: 'custom_model_development' }] },
  )
  const id = created?.experiment_id ?? (await getExperiment(client, name))
  if (id !== undefined) return id
  throw new SpikeError(
    'MLFLOW_UNAVAILABLE',
    `${client.uri}: says of experiment '${name}' that it is there and that it is not`,
  )
}

async function getExperiment(client: MlflowClient, name: string): Promise<string | undefined> {
  const reply = await client.attempt('RESOURCE_DOES_NOT_EXIST', replies.experiment, 'GET', 'experiments/get-by-name', {
    experiment_name: name,
  })
  return reply?.experiment.experiment_id
}

/** A thousand runs stand on a page. */
const mostPages = 1000

/** The runs of an experiment that have a journal id of `known`, deleted ones too, by that id. */
async function findRuns(
  client: MlflowClient,
  experimentId: string,
  known: ReadonlySet<string>,
): Promise<Map<string, MlflowRun>> {
  const runs = new Map<string, MlflowRun>()
  const seen = new Set<string>()
  let token: string | undefined
  do {
    const page = await client.api(replies.runs, 'POST', 'runs/search', {
      experiment_ids: [experimentId],
      filter: `tags.\`${tags.journalId}\` LIKE '%'`,
      run_view_type: 'ALL',
      max_results: 1000,
      ...(token && { page_token: token }),
    })
    for (const run of page.runs ?? []) {
      const id = run.data.tags?.find(tag => tag.key === tags.journalId)?.value
      if (id !== undefined && known.has(id)) runs.set(id, run)
    }
    token = page.next_page_token
    if (token && (seen.has(token) || seen.size >= mostPages))
      throw new SpikeError(
        'MLFLOW_UNAVAILABLE',
        `${client.uri}: its list of runs has no end; nothing more is sent to it`,
      )
    if (token) seen.add(token)
  } while (token)
  return runs
}

/** The result, or null and a warning where the server refuses this one thing. */
async function orWarn<T>(sending: Sending, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SpikeError && error.code === 'MLFLOW_REFUSED')) throw error
    sending.warnings.push(`${what} stays in the journal: ${error.message}`)
    return null
  }
}
