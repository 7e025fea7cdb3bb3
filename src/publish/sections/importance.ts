import type { Evaluation } from '../../core/models/judge/evaluation.ts'

/** The three features that each learned model leans on most, by permutation on validation; empty where none was measured. */
export function leanings({ models }: Evaluation): string[][] {
  return Object.values(models).flatMap(({ title, importance }) =>
    importance.length === 0
      ? []
      : [
          [
            title,
            importance
              .slice(0, 3)
              .map(({ feature }) => feature)
              .join(', '),
          ],
        ],
  )
}
