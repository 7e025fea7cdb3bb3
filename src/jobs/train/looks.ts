import { createHash } from 'node:crypto'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { readJournal } from '../../tracking/journal.ts'
import { lookOf } from '../../tracking/rival_runs.ts'

/** Whose look at a stretch it is: the same pair looks once, however often it is judged. */
export function pairOf(champion: Artifact, challenger: Artifact): string {
  return createHash('sha256')
    .update(JSON.stringify([champion, challenger]))
    .digest('hex')
    .slice(0, 32)
}

/**
 * Which look it is at a stretch of time: one more than other pairs that were judged on any of it, as the journal of runs has them.
 * @param from and `to` in microseconds.
 */
export function looksAt(journal: string, pair: string, from: number, to: number): number {
  const looks = readJournal(journal).entries.flatMap(({ record }) => lookOf(record) ?? [])
  const others = looks.filter(look => look.pair !== pair && look.from <= to && look.to >= from)
  return 1 + new Set(others.map(look => look.pair)).size
}
