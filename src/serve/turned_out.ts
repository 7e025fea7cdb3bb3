import type { SettledPrediction } from '../core/models/artifact/settled_json.ts'
import { averagePrecision, brierScore } from '../core/models/metrics/metrics.ts'
import type { Volatilities } from './view.ts'

export interface Bin {
  from: number
  to: number
  predictions: number
  came_true: number
}

/** How predictions turned out whose minute is over. */
export interface TurnedOut {
  settled: number
  /** A minute that will never have a label. */
  unlabelled: number
  spikes: number
  base_rate: number | null
  pr_auc: number | null
  brier: number | null
  /** PR-AUC of the model and of rules that are fitted on nothing, over the seconds whose row is here. */
  rules: { settled: number; model: number | null; persistence: number | null; ewma: number | null }
  alarms: number
  alarms_came_true: number
  /** Ten equal bins of the probability. */
  bins: Bin[]
}

/**
 * Numbers are null where they are not defined: of nothing, or of one class.
 * @param settled of one product and model. @param volatilities by time, of that product.
 */
export function turnedOut(settled: SettledPrediction[], volatilities: Map<number, Volatilities>): TurnedOut {
  const labelled = settled.filter(({ label }) => label !== null)
  const labels = labelled.map(({ label }) => label as number)
  const probabilities = labelled.map(({ probability }) => probability)
  const spikes = labels.filter(label => label === 1).length
  const alarms = labelled.filter(({ alarm }) => alarm)
  const bins = Array.from({ length: 10 }, (_, i) => ({ from: i / 10, to: (i + 1) / 10, predictions: 0, came_true: 0 }))
  for (const [i, probability] of probabilities.entries()) {
    const bin = bins[Math.min(9, Math.floor(10 * probability))]
    bin.predictions++
    bin.came_true += labels[i]
  }
  return {
    settled: labelled.length,
    unlabelled: settled.length - labelled.length,
    spikes,
    base_rate: labelled.length > 0 ? spikes / labelled.length : null,
    pr_auc: spikes > 0 ? averagePrecision(labels, probabilities) : null,
    brier: labelled.length > 0 ? brierScore(labels, probabilities) : null,
    rules: besideRules(labelled, volatilities),
    alarms: alarms.length,
    alarms_came_true: alarms.filter(({ label }) => label === 1).length,
    bins,
  }
}

/** A rule's score is a volatility over tau; of one product they rank as its volatilities over the tau of each second. */
function besideRules(labelled: SettledPrediction[], volatilities: Map<number, Volatilities>): TurnedOut['rules'] {
  const known = labelled.flatMap(one => {
    const volatility = volatilities.get(one.time)
    return volatility === undefined ? [] : [{ ...one, ...volatility }]
  })
  const labels = known.map(({ label }) => label as number)
  const of = (scores: number[]): number | null => (labels.includes(1) ? averagePrecision(labels, scores) : null)
  return {
    settled: known.length,
    model: of(known.map(({ probability }) => probability)),
    persistence: of(known.map(({ persistence, tau }) => persistence / tau)),
    ewma: of(known.map(({ ewma, tau }) => ewma / tau)),
  }
}
