import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { inSentence, score } from '../numbers.ts'

/** Whether calibration on validation helped on test, a sentence with each model's error before and after; empty where none was done. */
export function calibrationGain({ models, splits: { test } }: Evaluation): string {
  const moved = Object.values(models).flatMap(({ name, title, before_calibration: before }) =>
    before ? [`${inSentence(title)} ${score(before.ece)} to ${score(test.models[name].ece)}`] : [],
  )
  return moved.length === 0 ? '' : `Calibration on validation moved the ECE on test: ${moved.join(', ')}.`
}
