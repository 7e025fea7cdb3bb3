import type { Artifact } from '../core/models/artifact/artifact.ts'
import type { Decision, Judged, Rivals } from '../core/models/judge/rivals.ts'
import type { RunRecord } from './run_record.ts'
import { tags } from './tags.ts'
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

const lookName = 'champion and challenger'

/** What was decided between champion and challenger, as a run under the challenger's training. @param pair whose look it was. */
export function rivalsRun(parent: RunRecord, rivals: Rivals, decision: Decision, pair: string): RunRecord {
  const { segment, live, bar } = rivals
  const figures = { ...figuresOf('unseen', rivals), ...(live && figuresOf('live', live)), level: bar.level }
  const metrics = Object.entries(figures).flatMap(([key, value]) => (value == null ? [] : [{ key, value }]))
  return identified({
    name: lookName,
    parent: parent.id,
    started_at: parent.started_at,
    ended_at: parent.ended_at,
    params: {
      ...{ unseen: `${segment.from} to ${segment.to}`, unseen_from: segment.from, unseen_to: segment.to },
      ...{ look: bar.look, pair, moves: String(decision.moves) },
    },
    metrics,
    tags: { 'mlflow.note.content': decision.why, [tags.decision]: decision.moves ? 'moved' : 'stayed' },
    datasets: [],
    artifacts: [],
  })
}

function figuresOf(
  stretch: string,
  { segment, pr_auc, difference }: Judged,
): Record<string, number | null | undefined> {
  const { prevalence, rows, episodes } = segment
  const figures = {
    ...Object.fromEntries(Object.entries(pr_auc).map(([name, value]) => [`pr_auc_${name}`, value])),
    ...{ prevalence, rows, episodes },
    ...{ difference: difference?.value, difference_low: difference?.low, difference_high: difference?.high },
  }
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${stretch}/${key}`, value]))
}

/** Who has looked at which stretch, in microseconds; null where the run is no such look. */
export function lookOf({ name, params }: RunRecord): { pair: string; from: number; to: number } | null {
  const { unseen_from, unseen_to, pair } = params
  const [from, to] = [unseen_from, unseen_to].map(time => 1000 * Date.parse(String(time)))
  return name === lookName && from <= to ? { pair: String(pair), from, to } : null
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
