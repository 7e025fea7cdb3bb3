import { journalRun } from './mlflow_journal.ts'
import { sendJournal } from './mlflow_send.ts'
import type { RunRecord } from './run_record.ts'

export { runId } from './mlflow_journal.ts'
export type { RunRecord } from './run_record.ts'

export interface RecordOptions {
  experiment: string
  /** Folder of the journal, `mlruns`. */
  journal: string
  /** MLFLOW_TRACKING_URI: address of a server; without it the runs stay in the journal. */
  uri?: string
}

export interface Recorded {
  /** Runs that are new in the journal. */
  journalled: number
  /** Runs that reached the server in this call, earlier ones included. */
  sent: number
  /** Where to look at the experiment. */
  link: string | null
  /** Why something could not be sent; it stays in the journal. */
  warning: string | null
}

/**
 * Journals runs, then sends all that the server does not have.
 * @throws SpikeError BAD_ARGUMENT for a record that cannot be journalled; a server's trouble is a warning.
 */
export async function recordRuns(runs: RunRecord[], options: RecordOptions): Promise<Recorded> {
  let journalled = 0
  for (const run of runs) if (await journalRun(run, options.experiment, options.journal)) journalled++
  if (!options.uri) return { journalled, sent: 0, link: null, warning: null }
  const { sent, links, warnings } = await sendJournal(options.journal, options.uri)
  return {
    journalled,
    sent,
    link: links[options.experiment] ?? null,
    warning: warnings.length > 0 ? warnings.join('\n') : null,
  }
}
