import { minimum } from '../core/math/extremes.ts'
import type { Evaluation, ModelReport } from '../core/models/judge/evaluation.ts'
import { leadOf } from '../core/models/judge/lead.ts'
import { hardestOf } from './headline.ts'
import { percent } from './numbers.ts'

/** What acting on a score costs where a missed second of a spike costs so many times a second of false alarm. */
export interface CostPoint {
  ratio: number
  /** As a share of what it costs to do the better of never and always alarming. */
  cost: number
}

export interface CostCurve {
  name: string
  title: string
  points: CostPoint[]
}

export interface CostCurves {
  /** The recipe, its probability taken at its word. */
  lead: CostCurve
  /** The same with the threshold that was best on test. */
  hindsight: CostCurve
  /** The hardest baseline, likewise with the best threshold on test. */
  baseline: CostCurve
}

/** Costs of a miss over those of a false alarm, eight to each tenfold. */
export const costRatios = Array.from({ length: 17 }, (_, i) => 10 ** (i / 8))

/**
 * Expected cost on test of acting on the recipe and on the hardest baseline, for each ratio of costs. A probability is taken at its
 * word: an alarm where p >= 1 / (1 + ratio), which is best where the probabilities are right, and nothing is chosen on test. Beside
 * it both have their best threshold on test itself, which flatters both alike. Source: Drummond and Holte (2006), over the better
 * of the two answers that need no score. Undefined where there is no spike, no such recipe or no curve.
 */
export function costCurves(evaluation: Evaluation): CostCurves | undefined {
  const { prevalence } = evaluation.splits.test
  const lead = evaluation.models[leadOf(evaluation)?.name ?? '']
  const baseline = evaluation.models[hardestOf(evaluation.splits.test)?.name ?? '']
  if (!lead?.curve.length || !baseline?.curve.length || !(prevalence > 0 && prevalence < 1)) return undefined
  const curveOf = (
    { name, title, curve }: ModelReport,
    choose: (costs: number[], ratio: number) => number,
  ): CostCurve => ({
    ...{ name, title },
    points: costRatios.map(ratio => {
      const costs = curve.map(point => costAt(point, ratio, prevalence))
      return { ratio, cost: choose(costs, ratio) }
    }),
  })
  return {
    lead: curveOf(lead, (costs, ratio) => {
      const loudest = lead.curve.findLastIndex(({ score }) => score >= 1 / (1 + ratio))
      return loudest < 0 ? costAt({ recall: 0, precision: 0, alarmed: 0 }, ratio, prevalence) : costs[loudest]
    }),
    hindsight: curveOf(lead, costs => Math.min(minimum(costs), 1)),
    baseline: curveOf(baseline, costs => Math.min(minimum(costs), 1)),
  }
}

/** @param prevalence share of spikes. */
function costAt(
  { recall, precision, alarmed }: Pick<ModelReport['curve'][number], 'recall' | 'precision' | 'alarmed'>,
  ratio: number,
  prevalence: number,
): number {
  const missed = ratio * prevalence * (1 - recall)
  const falsely = alarmed * (1 - precision)
  return (missed + falsely) / Math.min(ratio * prevalence, 1 - prevalence)
}

/** From which ratio to which the recipe saves something, and beside the baseline, in one sentence. */
export function readCosts({ lead, hindsight, baseline }: CostCurves): string {
  const pays = lead.points.filter(({ cost }) => cost < 1)
  if (pays.length === 0)
    return `${lead.title}, taken at its word, saves nothing at any ratio of costs from 1 to 100: the better of never and always alarming costs no more.`
  const best = pays.reduce((a, b) => (b.cost < a.cost ? b : a))
  const at = ({ points }: CostCurve): string => percent(1 - points.find(({ ratio }) => ratio === best.ratio)!.cost)
  const rounded = (ratio: number): string => ratio.toFixed(ratio < 10 ? 1 : 0).replace(/\.0$/, '')
  return `${lead.title}, taken at its word, saves something where a missed second costs ${rounded(pays[0].ratio)} to ${rounded(pays.at(-1)!.ratio)} times a false one, most at ${rounded(best.ratio)}: ${at(lead)} of what the better of never and always alarming costs. With the best threshold in hindsight it would be ${at(hindsight)}, with ${baseline.title} and its own ${at(baseline)}.`
}
