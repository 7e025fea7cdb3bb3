import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { SpikeError } from '../../errors.ts'
import { finishReplacing } from '../../files/together.ts'

const sum = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 sum has 64 hex digits')

const manifestSchema = z.object({
  format: z.literal('spike60-handoff'),
  version: z.literal(1),
  simulated: z.boolean(),
  spec_version: z.string(),
  config_hash: z.string(),
  /** Folder of the model that scores the slice. */
  model: z.string(),
  /** The raw slice: files, span (ISO), lines, and what replaying it alone gave. */
  slice: z.object({
    raw: z.array(z.string()).min(1),
    from: z.string(),
    to: z.string(),
    lines: z.number(),
    rows: z.number(),
    digest: z.string(),
    features: z.string(),
    predictions: z.string(),
  }),
  /** SHA-256 of every other file, by path with `/`. */
  files: z.record(z.string(), sum),
})

export type Manifest = z.infer<typeof manifestSchema>

const name = 'manifest.json'

/** Beside a hand-off folder: that it was being replaced when the program was killed. */
export const replacingNote = (folder: string): string => `${resolve(folder)}.replacing.json`

/** Writes manifest.json with the sums of all files that are in the folder now. */
export function writeManifest(folder: string, facts: Omit<Manifest, 'format' | 'version' | 'files'>): Manifest {
  const files = Object.fromEntries(listFiles(folder).map(path => [path, sumOf(join(folder, path))]))
  const manifest: Manifest = { format: 'spike60-handoff', version: 1, ...facts, files }
  writeFileSync(join(folder, name), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/**
 * Reads manifest.json and compares every file with its sum.
 * @throws SpikeError BAD_FILE when there is no usable manifest; CHECK_FAILED, one line per file that changed, is missing or was added.
 */
export function verifyManifest(folder: string): Manifest {
  finishReplacing(replacingNote(folder))
  const manifest = readManifest(folder)
  const found = new Set(listFiles(folder))
  const faults = Object.entries(manifest.files).flatMap(([path, expected]) => {
    if (!found.has(path)) return [`${join(folder, path)}: is missing`]
    return sumOf(join(folder, path)) === expected ? [] : [`${join(folder, path)}: differs from the manifest's sum`]
  })
  for (const path of found) if (!(path in manifest.files)) faults.push(`${join(folder, path)}: is not in the manifest`)
  if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
  return manifest
}

function readManifest(folder: string): Manifest {
  const path = join(folder, name)
  if (!existsSync(path))
    throw new SpikeError('BAD_FILE', `${path}: does not exist; name a folder of scripts/handoff.ts`)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: is not JSON; build the folder again`, { cause })
  }
  const result = manifestSchema.safeParse(value)
  if (result.success) return result.data
  throw new SpikeError(
    'BAD_FILE',
    result.error.issues.map(issue => `${path}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
  )
}

function listFiles(folder: string): string[] {
  return globSync(['**/*', '**/.*'], { cwd: folder })
    .filter(path => statSync(join(folder, path)).isFile())
    .map(path => path.split(sep).join('/'))
    .filter(path => path !== name)
    .sort()
}

function sumOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
