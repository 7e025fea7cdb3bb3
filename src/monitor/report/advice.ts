import type { DriftColumn } from '../compare/compare_column.ts'
import { formatShare } from '../format.ts'
import type { LabelShift } from './label_shift.ts'
import type { Quality } from './quality.ts'

/** What to do after a drift report, the first that applies of docs/drift.md's list. */
export interface Advice {
  action: 'repair' | 'choose tau' | 'retrain' | 'wait' | 'nothing'
  /** The answer in one sentence. */
  text: string
  /** What of the report says so. */
  why: string
}

/** What of a drift report decides. */
interface Findings {
  dataset: {
    drifted: boolean
    columns: number
    scale_free: { drifted: boolean; count: number; undecided: number }
    model_columns_drifted: string[] | null
  }
  quality: Quality
  columns: DriftColumn[]
}

/** Spikes may become so many times as frequent, or as rare, before tau no longer means what it meant. */
const tauFactor = 3
/** Below so many labelled rows a side, an hour of one product, their share of spikes says nothing. */
const leastLabelled = 3600

const askForChallenger = "npx spike60 retrain --raw 'data/raw/*.ndjson'"

/** One answer from both verdicts, data quality, label and the model's columns. */
export function adviseOn({ dataset, quality, columns }: Findings): Advice {
  const first = quality.faults[0]
  if (first !== undefined)
    return {
      action: 'repair',
      text: 'Repair the data before anything is judged or trained on them.',
      why: `Data quality has ${quality.faults.length === 1 ? 'a fault' : `${quality.faults.length} faults, the first`}: ${first}.`,
    }
  const shift = describeTauShift(quality.label)
  if (shift !== null) return { action: 'choose tau', text: 'Choose tau anew on recent data, and retrain.', why: shift }
  const moved = dataset.model_columns_drifted
  if (moved !== null && moved.length > 0)
    return {
      action: 'retrain',
      text: `Check the score on labelled rows; where it fell below its interval, ask for a challenger: ${askForChallenger}`,
      why: `${moved.length} of the model's ${columns.filter(column => column.used_by_model).length} columns drift: ${listFew(moved)}. Drift alone is not a loss.`,
    }
  if (moved === null && dataset.scale_free.drifted)
    return {
      action: 'retrain',
      text: `Check the score of your model on labelled rows; where it fell below its interval, ask for a challenger: ${askForChallenger}`,
      why: `${dataset.scale_free.count} of ${dataset.columns} columns drift by the scale-free verdict; --model says which of them a model reads.`,
    }
  if (dataset.drifted || dataset.scale_free.undecided > 0)
    return {
      action: 'wait',
      text: 'Do nothing yet: gather more hours before deciding.',
      why: dataset.drifted
        ? "Only Evidently's verdict says drift, and it takes seconds for independent."
        : `${dataset.scale_free.undecided} columns lie apart, but too few independent stretches of time tell whether they drift.`,
    }
  return {
    action: 'nothing',
    text: 'Nothing to do.',
    why:
      moved === null
        ? 'Neither verdict finds that the data drift.'
        : 'No column that the model reads drifts, and data quality has no fault.',
  }
}

function describeTauShift({ reference, current }: LabelShift): string | null {
  const [before, now] = [reference.prevalence, current.prevalence]
  if (before === null || now === null || before === 0) return null
  if (Math.min(reference.labelled, current.labelled) < leastLabelled) return null
  if (now < before * tauFactor && now > before / tauFactor) return null
  return `Spikes were ${formatShare(before)} of the labelled rows of the reference and are ${formatShare(now)} of the current ones: the label means something else now.`
}

function listFew(names: string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}
