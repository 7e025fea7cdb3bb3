import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { readText } from '../../files/read_text.ts'

const fileSchema = z.strictObject({ file: z.string(), digest: z.string(), rows: z.number() })

const recordSchema = z.strictObject({
  version: z.literal(1),
  at: z.string(),
  /** 1 the first time that any of these files was judged, as far as this journal knows. */
  look: z.number(),
  recipe: z.strictObject({ name: z.string(), hash: z.string() }),
  commit: z.string().nullable(),
  fitted_on: z.array(fileSchema),
  judged: z.array(fileSchema),
  /** SHA-256 of the figures. */
  figures: z.string(),
  /** SHA-256 of the line before; null for the first. A line that was changed or taken out breaks the chain. */
  before: z.string().nullable(),
})
export type SealedRecord = z.infer<typeof recordSchema>

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * The record of a judgement as it follows what the journal holds; nothing is written.
 * @throws SpikeError BAD_FILE for a journal that is none, or whose chain is broken.
 */
export function nextRecord(
  journal: string,
  about: Pick<SealedRecord, 'at' | 'commit' | 'fitted_on' | 'judged'> & { recipe: { name: string }; figures: unknown },
): SealedRecord {
  const { lines, records } = readJournal(journal)
  const digests = new Set(about.judged.map(({ digest }) => digest))
  const looks = records.filter(({ judged }) => judged.some(({ digest }) => digests.has(digest)))
  return {
    version: 1,
    at: about.at,
    look: looks.length + 1,
    recipe: { name: about.recipe.name, hash: hashOf(JSON.stringify(about.recipe)) },
    commit: about.commit,
    fitted_on: about.fitted_on,
    judged: about.judged,
    figures: hashOf(JSON.stringify(about.figures)),
    before: lines.length === 0 ? null : hashOf(lines[lines.length - 1]),
  }
}

/** Adds a record to the journal. */
export async function sealRecord(journal: string, record: SealedRecord): Promise<void> {
  const { lines } = readJournal(journal)
  await writeFileAtomically(journal, [...lines, JSON.stringify(record), ''].join('\n'))
}

export function readJournal(journal: string): { lines: string[]; records: SealedRecord[] } {
  if (!existsSync(journal)) return { lines: [], records: [] }
  const lines = readText(journal).split('\n').filter(Boolean)
  const records = lines.map((line, i) => {
    const record = parsed(line)
    if (record !== null && record.before === (i === 0 ? null : hashOf(lines[i - 1]))) return record
    throw new SpikeError(
      'BAD_FILE',
      `${journal}:${i + 1}: ${record === null ? 'is no record of a judgement' : 'does not follow the line before it: a line was changed or taken out'}; move the file away to begin a new one`,
    )
  })
  return { lines, records }
}

function parsed(line: string): SealedRecord | null {
  try {
    return recordSchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}
