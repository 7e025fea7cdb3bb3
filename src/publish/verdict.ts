import type { Evaluation } from '../core/models/judge/evaluation.ts'
import { leadOf } from '../core/models/judge/lead.ts'
import { type Comparison, compareWithBaselines, usableWalkForward } from './headline.ts'
import { inSentence, score } from './numbers.ts'

export interface Verdict {
  /** One sentence for the head of a report. */
  sentence: string
  /** What weakens it or what it leaves open. */
  caution: string
}

/**
 * Says in one sentence whether the learned recipe beats the baseline that is hardest to beat. Where there is a walk-forward it
 * decides, because the single split is one stretch of time; the split's figures follow in the caution.
 */
export function giveVerdict(evaluation: Evaluation): Verdict {
  const { audit, splits, walk_forward, walk_forward_missing } = evaluation
  if (!audit.passed)
    return {
      sentence: 'The audit failed: no number of this run may be used.',
      caution: audit.checks
        .filter(check => check.verdict === 'failed')
        .map(check => `${check.name}: ${check.detail}`)
        .join('; '),
    }
  const onTest = compareWithBaselines(leadOf(evaluation), splits.test)
  const walked = usableWalkForward(evaluation)
  const pooled = walked && compareWithBaselines(walked.lead, walked.walk)
  if (walked && pooled) {
    const { folds, prevalence, episodes } = walked.walk
    return {
      sentence: `${pooled.title} ${standing(pooled, `in a walk-forward of ${folds.length} blocks`)}: ${figures(pooled, prevalence)}.`,
      caution: cautionOf(evaluation, pooled, prevalence, episodes, [
        ...(onTest ? [besideSplit(onTest, pooled, splits.test.prevalence)] : []),
        ...(splits.test.degenerate === null
          ? []
          : [`The test segment is degenerate (${splits.test.degenerate}): read its figures as an anecdote.`]),
      ]),
    }
  }
  if (onTest === undefined)
    return {
      sentence: `No verdict: PR-AUC on test is undefined (${splits.test.degenerate ?? 'no model could be scored'}).`,
      caution: 'Capture more data: the test segment must hold spikes and quiet seconds.',
    }
  const why = walk_forward
    ? `The blocks of the walk-forward hold ${walk_forward.positives} spikes in ${walk_forward.episodes} episodes, too few for a verdict`
    : `There is no walk-forward (${walk_forward_missing})`
  const { degenerate, prevalence } = splits.test
  const said =
    degenerate === null
      ? `${onTest.title} ${standing(onTest, 'on the test segment')}:`
      : `No verdict, because the test segment is degenerate (${degenerate}): ${inSentence(onTest.title)} has there`
  return {
    sentence: `${said} ${figures(onTest, prevalence)}.`,
    caution: cautionOf(evaluation, onTest, prevalence, splits.test.episodes, [
      `${why}, and a single split of a short file is weak evidence.`,
    ]),
  }
}

/** Predicate of the sentence. @param where the rows, `on the test segment`. */
function standing({ standing, low, ratio }: Comparison, where: string): string {
  if (standing === 'beats') return `beats the best baseline ${where}`
  if (standing === 'behind') return `does not beat the best baseline ${where}`
  const doubt =
    low === null
      ? 'there are too few rows for an interval'
      : ratio === null
        ? 'the intervals overlap'
        : 'the interval of their ratio reaches below 1'
  return `is ahead of the best baseline ${where}, but ${doubt}, so this is not proof`
}

function figures({ pr_auc, low, high, baseline, baseline_pr_auc, ratio }: Comparison, prevalence: number): string {
  const paired = ratio ? `, a ratio of ${score(ratio.value, 2)}${within(ratio.low, ratio.high, 2)}` : ''
  return `PR-AUC ${score(pr_auc)}${within(low, high, 3)} at a prevalence of ${score(prevalence)}; the best baseline, ${inSentence(baseline)}, reaches ${score(baseline_pr_auc)}${paired}`
}

/** What the single split says beside the walk-forward. */
function besideSplit(onTest: Comparison, pooled: Comparison, prevalence: number): string {
  const words = `On the test segment alone it has ${score(onTest.pr_auc)}${within(onTest.low, onTest.high, 3)} at a prevalence of ${score(prevalence)}, ${inSentence(onTest.baseline)} ${score(onTest.baseline_pr_auc)}`
  return onTest.standing === pooled.standing ? `${words}.` : `${words}: where the two differ, believe the walk-forward.`
}

/** What weakens the sentence, the gravest first. */
function cautionOf(
  { splits: { validation }, simulated }: Evaluation,
  { low }: Comparison,
  prevalence: number,
  episodes: number,
  more: string[],
): string {
  return [
    ...(simulated
      ? ['The data is simulated: it shows that the pipeline works, not that a market can be predicted.']
      : []),
    ...(low !== null && low <= prevalence
      ? ['The interval reaches down to the prevalence, so it is not shown to know anything at all.']
      : []),
    ...more,
    ...(validation.degenerate !== null
      ? [`The validation segment is degenerate (${validation.degenerate}): the thresholds rest on very little.`]
      : []),
    `${episodes < 100 ? `${episodes} spike episode${episodes === 1 ? ' is' : 's are'} few, and one` : 'One'} stretch of time is one sample: another day can differ by more than the interval says.`,
  ].join(' ')
}

function within(low: number | null, high: number | null, digits: number): string {
  return low === null || high === null || low === high
    ? ''
    : ` (95 % interval ${score(low, digits)} to ${score(high, digits)})`
}
