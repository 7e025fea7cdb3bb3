import type { Artifact } from '../core/models/artifact/artifact.ts'
import type { Decision, Rivals } from '../core/models/judge/rivals.ts'
import type { RunRecord } from './run_record.ts'
import { runId } from './tracker.ts'
import { championAlias, registeredName, type Stretch } from './train_runs.ts'

/** The runs of a training that has lost: its model becomes a version, and the alias stays where it is. */
export function withoutAlias(runs: RunRecord[]): RunRecord[] {
  return runs.map(run => {
    if (run.model?.alias === undefined) return run
    const { alias: _, ...model } = run.model
    return { ...run, model }
  })
}

/** What was decided between champion and challenger, as a run under the challenger's training. */
export function rivalsRun(parent: RunRecord, { segment, pr_auc, difference }: Rivals, decision: Decision): RunRecord {
  const figures = {
    ...Object.fromEntries(Object.entries(pr_auc).map(([name, value]) => [`unseen/pr_auc_${name}`, value])),
    'unseen/prevalence': segment.prevalence,
    'unseen/rows': segment.rows,
    'unseen/episodes': segment.episodes,
    'unseen/difference': difference?.value,
    'unseen/difference_low': difference?.low,
    'unseen/difference_high': difference?.high,
  }
  const metrics = Object.entries(figures).flatMap(([key, value]) => (value == null ? [] : [{ key, value }]))
  return identified({
    name: 'champion and challenger',
    parent: parent.id,
    started_at: parent.started_at,
    ended_at: parent.ended_at,
    params: { unseen: `${segment.from} to ${segment.to}`, moves: String(decision.moves) },
    metrics,
    tags: { 'mlflow.note.content': decision.why },
    datasets: [],
    artifacts: [],
  })
}

/** A rollback as a run: the model that came back becomes a version, and the alias moves to it. @param folder its model folder. */
export function rollbackRun({ trained_on }: Artifact, folder: string, when: Stretch): RunRecord {
  return identified({
    name: 'rollback',
    ...when,
    params: { trained_from: trained_on.from, trained_to: trained_on.to },
    metrics: [],
    tags: { 'mlflow.note.content': 'retrain --rollback brought back the former champion.' },
    datasets: [],
    artifacts: [],
    model: { registered: registeredName, folder, alias: championAlias },
  })
}

function identified(record: Omit<RunRecord, 'id'>): RunRecord {
  return { id: runId(record), ...record }
}
