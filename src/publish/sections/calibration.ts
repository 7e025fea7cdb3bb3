import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { inSentence, score } from '../numbers.ts'

/** Whether calibration on validation helped on test, a sentence with each model's error before and after; empty where none was done. */
export function calibrationGain({ models }: Evaluation): string {
  const moved = Object.values(models).flatMap(({ title, test, before_calibration: before }) =>
    before && typeof test.ece === 'number' ? [`${inSentence(title)} ${score(before.ece)} to ${score(test.ece)}`] : [],
  )
  return moved.length === 0 ? '' : `Calibration on validation moved the ECE on test: ${moved.join(', ')}.`
}
