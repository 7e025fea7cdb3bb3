import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { horizonSeconds } from '../../core/features/label.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { goodFor } from '../../core/models/split/session_length.ts'
import { infer } from '../../jobs/score/file.ts'
import { compareWithBaselines, usableWalkForward } from '../../publish/headline.ts'
import { inSentence, score } from '../../publish/numbers.ts'
import { readEvaluation } from '../../publish/read_evaluation.ts'
import { besideFeatures, runPaths } from '../../run_paths.ts'
import { readTable } from '../../stores/parquet.ts'
import { readJournal } from '../../tracking/journal.ts'
import { type Evidence, found, type Item, lacking, type Submission } from './item.ts'

const train = `npm run train -- --features ${runPaths.features}`

export const featureFile: Item = {
  name: 'Feature file with labels to come, its leak test passed',
  mend: `npm run replay -- --raw '${runPaths.raw}/*.ndjson' --out ${runPaths.features}`,
  async look({ run }) {
    const { table, metadata } = await readTable(join(run, runPaths.features), ['mid'])
    const digest = metadata[metadataKeys.digest]
    const leak = metadata[metadataKeys.perturbation]
    const what = `${table.rows} rows, digest ${digest?.slice(0, 16) ?? 'unknown'}…, leak test ${leak ?? 'not run'}`
    return leak === 'passed' ? found(what) : lacking(what)
  },
}

const models: Item = {
  name: 'A baseline and a learned model, split by time, the audit passed',
  mend: train,
  look({ run }) {
    const { models, audit } = readEvaluation(join(run, runPaths.evaluation))
    const of = (kind: string): number => Object.values(models).filter(model => model.kind === kind).length
    const what = `${of('baseline')} baselines, ${of('learned')} learned models, audit ${audit.passed ? 'passed' : 'failed'}`
    return audit.passed ? found(what) : lacking(what)
  },
}

const runs: Item = {
  name: 'MLflow holds a run of a baseline and one of a model',
  mend: train,
  look({ run }) {
    const kinds = readJournal(join(run, runPaths.journal)).entries.flatMap(({ record }) => record.params.kind ?? [])
    const of = (kind: string): number => kinds.filter(one => one === kind).length
    const what = `${of('baseline')} runs of baselines and ${of('learned')} of learned models in the journal`
    return of('baseline') > 0 && of('learned') > 0 ? found(`${what}; npm run mlflow shows them`) : lacking(what)
  },
}

const prAuc: Item = {
  name: 'PR-AUC on enough spikes, beside its baselines',
  mend: 'npm run ingest -- --pair BTC-USD,ETH-USD --minutes 120',
  look({ run, config }) {
    const evaluation = readEvaluation(join(run, runPaths.evaluation))
    const { test } = evaluation.splits
    const walked = usableWalkForward(evaluation)
    const lead = test.models[evaluation.base]
    const [judged, stretch, where] = walked ? [walked.lead, walked.walk, 'walk-forward'] : [lead, test, 'test']
    const compared = compareWithBaselines(judged, stretch)
    if (compared && stretch.degenerate === null)
      return found(
        `${where}: ${inSentence(compared.title)} ${score(compared.pr_auc)} at a prevalence of ${score(stretch.prevalence)}, ${inSentence(compared.baseline)} ${score(compared.baseline_pr_auc)}${evaluation.simulated ? ' (simulated)' : ''}`,
      )
    const { products, labelled } = evaluation.source
    const seconds = Math.round(labelled / products.length) + horizonSeconds
    const minutes = Math.ceil(goodFor({ seconds, products: products.length }, config).to_walk / 60)
    return lacking(
      `too few spikes to judge (${test.degenerate}); about ${Math.max(minutes, 15)} minutes more are wanted`,
    )
  },
}

const speed: Item = {
  name: 'infer scores faster than twice real time',
  mend: train,
  async look({ run }) {
    const scratch = mkdtempSync(join(tmpdir(), 'spike60-assignment-'))
    try {
      const { base } = readEvaluation(join(run, runPaths.evaluation))
      const features = join(run, besideFeatures(runPaths.features).test)
      const model = join(run, runPaths.models, base)
      const { rows, wall_s, times_real_time } = await infer({ features, model, out: join(scratch, 'scores.parquet') })
      const what = `${rows} rows of test in ${wall_s.toFixed(2)} s, ${Math.round(times_real_time)} times real time`
      return times_real_time > 2 ? found(what) : lacking(what)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

export const modelling: Item[] = [models, runs, prAuc, speed]

/** A report of the training that stands: one of an earlier training is lacking. */
export function reportItem(name: string, path: string, mend: string): Item {
  return {
    name,
    mend,
    look: ({ run }) => (existsSync(join(run, path)) ? fresh(run, path) : lacking(`no ${path}`)),
  }
}

/** Two drift reports, told apart by their names. */
export function driftItem(name: string, isMeant: (file: string) => boolean, mend: string, ofTraining: boolean): Item {
  return {
    name,
    mend,
    look({ run }: Submission) {
      const path = globSync(`${runPaths.drift}/*.html`, { cwd: run }).sort().find(isMeant)
      if (path === undefined) return lacking(`none in ${runPaths.drift}`)
      return ofTraining ? fresh(run, path) : found(path)
    },
  }
}

function fresh(run: string, path: string): Evidence {
  const training = join(run, runPaths.evaluation)
  const isOlder = existsSync(training) && statSync(join(run, path)).mtimeMs < statSync(training).mtimeMs
  return isOlder ? lacking(`${path} is older than the training; make it again`) : found(path)
}
