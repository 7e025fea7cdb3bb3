import { journalAttachment } from './attachments.ts'
import { journalRun } from './journal.ts'
import type { RunArtifact, RunRecord } from './run_record.ts'
import { sendJournal } from './send.ts'

export { findTraining } from './attachments.ts'
export { runId } from './journal.ts'
export type { RunRecord } from './run_record.ts'

export interface RecordOptions {
  experiment: string
  /** Folder of the journal, `mlruns`. */
  journal: string
  /** MLFLOW_TRACKING_URI: address of a server; without it the runs stay in the journal. */
  uri?: string
}

export interface Recorded {
  /** Runs, or additions to a run, that are new in the journal. */
  journalled: number
  /** Runs that reached the server in this call, earlier ones included. */
  sent: number
  /** Where to look at the experiment. */
  link: string | null
  /** Why something could not be sent; it stays in the journal. */
  warning: string | null
}

/**
 * Journals runs, then sends all that the server does not have. A run that is in the journal already is not added again.
 * @throws SpikeError BAD_ARGUMENT for a record that cannot be journalled; a server's trouble is a warning.
 * @example
 * const { link, warning } = await recordRuns([parent, child], { experiment: 'spike60', journal: 'mlruns', uri })
 */
export async function recordRuns(runs: RunRecord[], options: RecordOptions): Promise<Recorded> {
  let journalled = 0
  for (const run of runs) if (await journalRun(run, options.experiment, options.journal)) journalled++
  return { journalled, ...(await send(options)) }
}

/**
 * Adds files to runs that were recorded before: reports and plots are made after training.
 * @param added files by the id of their run in the journal.
 * @throws SpikeError BAD_FILE for a file that does not exist; a server's trouble is a warning.
 */
export async function recordArtifacts(added: Record<string, RunArtifact[]>, options: RecordOptions): Promise<Recorded> {
  let journalled = 0
  for (const [run, artifacts] of Object.entries(added))
    if (await journalAttachment({ run, added_at: Date.now(), artifacts }, options.journal)) journalled++
  return { journalled, ...(await send(options)) }
}

async function send({ journal, uri, experiment }: RecordOptions): Promise<Omit<Recorded, 'journalled'>> {
  if (!uri) return { sent: 0, link: null, warning: null }
  const { sent, links, warnings } = await sendJournal(journal, uri)
  return { sent, link: links[experiment] ?? null, warning: warnings.length > 0 ? warnings.join('\n') : null }
}
