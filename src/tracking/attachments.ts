import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SpikeError } from '../errors.ts'
import { writeAtomically, writeFileAtomically } from '../files/atomic.ts'
import { isTemporary } from '../files/place.ts'
import type { MlflowClient } from './client.ts'
import { readJournal } from './journal.ts'
import { attachmentFile, findArtifacts, readJson } from './journal_schema.ts'
import { type MlflowRun, replies } from './replies.ts'
import type { RunArtifact } from './run_record.ts'
import { tags } from './tags.ts'

/** Artifacts that were made after their run was journalled: reports and plots. `file` points into the journal. */
export interface Attachment {
  id: string
  /** Journal id of the run. */
  run: string
  /** Milliseconds since the epoch. */
  added_at: number
  artifacts: RunArtifact[]
}

/**
 * Puts files under `<journal>/attachments/<id>/`, all of them or nothing; the id comes from run and content.
 * @returns false when the same files are there for this run already.
 * @throws SpikeError BAD_FILE for a file that does not exist.
 */
export async function journalAttachment(
  { run, added_at, artifacts }: Omit<Attachment, 'id'>,
  journal: string,
): Promise<boolean> {
  const missing = artifacts.filter(({ file }) => !existsSync(file))
  if (missing.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      missing.map(({ file }) => `${file}: does not exist, so it cannot be attached to run ${run}`),
    )
  const hash = createHash('sha256').update(run)
  for (const { path, file } of artifacts) hash.update(`\n${path}\n`).update(readFileSync(file))
  const id = hash.digest('hex').slice(0, 32)
  const folder = join(journal, 'attachments', id)
  if (existsSync(folder)) return false
  await writeAtomically(folder, async temporary => {
    for (const { path, file } of artifacts) {
      const copy = join(temporary, 'artifacts', path)
      mkdirSync(dirname(copy), { recursive: true })
      cpSync(file, copy)
    }
    const kept = artifacts.map(({ path }) => ({ path, file: `artifacts/${path}` }))
    await writeFileAtomically(
      join(temporary, 'attachment.json'),
      `${JSON.stringify({ version: 1, id, run, added_at, artifacts: kept }, null, 2)}\n`,
    )
  })
  return true
}

/** All attachments, oldest first; and one fault for each folder that is none. */
export function readAttachments(journal: string): { attachments: Attachment[]; faults: string[] } {
  const root = join(journal, 'attachments')
  const attachments: Attachment[] = []
  const faults: string[] = []
  for (const name of existsSync(root) ? readdirSync(root).sort() : []) {
    if (isTemporary(name)) continue
    const folder = join(root, name)
    const attachment = readJson(join(folder, 'attachment.json'), attachmentFile)
    const artifacts = attachment && findArtifacts(folder, attachment.artifacts)
    if (artifacts) attachments.push({ ...attachment, artifacts })
    else faults.push(`${folder}: is not an attachment (no whole attachment.json); move it out of the journal`)
  }
  return { attachments: attachments.sort((a, b) => a.added_at - b.added_at), faults }
}

/** Brings the attachments to a run that the server holds, in the given order, each once. @returns how many were new there. */
export async function sendAttachments(
  client: MlflowClient,
  { info, data }: MlflowRun,
  attachments: Attachment[],
): Promise<number> {
  const there = data.tags?.find(({ key }) => key === tags.attached)?.value.split(' ') ?? []
  const missing = attachments.filter(({ id }) => !there.includes(id))
  for (const { id, artifacts } of missing) {
    for (const { path, file } of artifacts) await client.put(info.artifact_uri, path, { file })
    there.push(id)
    await client.api(replies.any, 'POST', 'runs/set-tag', {
      run_id: info.run_id,
      key: tags.attached,
      value: there.join(' '),
    })
  }
  return missing.length
}

/** The latest training that left this very evaluation.json: its journal id, and those of its models by name; null where there is none. */
export function findTraining(
  journal: string,
  evaluationFile: string,
): { id: string; models: Record<string, string> } | null {
  const wanted = readFileSync(evaluationFile)
  const { entries } = readJournal(journal)
  const found = entries.filter(({ record }) =>
    record.artifacts.some(
      ({ path, file }) => path === basename(evaluationFile) && existsSync(file) && readFileSync(file).equals(wanted),
    ),
  )
  const id = found.at(-1)?.record.id
  if (id === undefined) return null
  const models = entries.filter(({ record }) => record.parent === id).map(({ record }) => [record.name, record.id])
  return { id, models: Object.fromEntries(models) }
}
