import { existsSync, lstatSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { SpikeError } from '../../errors.ts'
import { entriesBelow, isInside } from '../../files/inside.ts'
import { readText } from '../../files/read_text.ts'
import { handoffPaths, runPaths } from '../../run_paths.ts'
import { sumOf } from './sum.ts'

const sum = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 sum has 64 hex digits')

const inside = z.string().refine(isInside, 'a path leads out of the folder')

const manifestSchema = z.strictObject({
  format: z.literal('spike60-handoff'),
  version: z.literal(1),
  simulated: z.boolean(),
  spec_version: z.string(),
  config_hash: z.string(),
  /** Folder of the model that scores the slice. */
  model: inside.refine(path => dirname(path) === runPaths.models, `lies in ${runPaths.models}`),
  /** The raw slice: files, span (ISO), lines, and what replaying it alone gave. */
  slice: z.strictObject({
    raw: z.array(inside.regex(new RegExp(`^${handoffPaths.slice}/raw(_\\d+)?\\.ndjson$`))).min(1),
    from: z.string(),
    to: z.string(),
    lines: z.number(),
    rows: z.number(),
    digest: z.string(),
    features: z.literal(handoffPaths.sliceFeatures),
    predictions: z.literal(handoffPaths.slicePredictions),
  }),
  /** SHA-256 of every other file, by path with `/`. */
  files: z
    .record(z.string(), sum)
    .refine(files => Object.keys(files).every(isInside), 'a path leads out of the folder'),
})

export type Manifest = z.infer<typeof manifestSchema>

export const manifestName = 'manifest.json'

/** Beside a hand-off folder: that it was being replaced when the program was killed. */
export const replacingNote = (folder: string): string => `${resolve(folder)}.replacing.json`

/** Writes manifest.json with the sums of all files that are in the folder now. @throws SpikeError BAD_FILE for a link. */
export function writeManifest(folder: string, facts: Omit<Manifest, 'format' | 'version' | 'files'>): Manifest {
  const entries = [...entriesBelow(folder)].filter(({ kind, path }) => kind !== 'folder' && path !== manifestName)
  const links = entries.filter(({ kind }) => kind !== 'file')
  if (links.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      links.map(({ path, kind }) => `${path}: is a ${kind} in the run; only plain files are handed on`),
    )
  const paths = entries.map(({ path }) => path)
  const files = Object.fromEntries(paths.sort().map(path => [path, sumOf(join(folder, path))]))
  const manifest: Manifest = { format: 'spike60-handoff', version: 1, ...facts, files }
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/**
 * Reads manifest.json and checks that it has the form of ours, leads nowhere else, and names all that is replayed and scored.
 * @throws SpikeError BAD_FILE, one line a fault.
 */
export function readManifest(folder: string): Manifest {
  const path = join(folder, manifestName)
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile())
    throw new SpikeError(
      'BAD_FILE',
      existsSync(replacingNote(folder))
        ? `${path}: does not exist; its hand-off was killed while it was replaced; build it again, which puts it in its place first`
        : `${path}: does not exist; name a folder of scripts/handoff.ts`,
    )
  let value: unknown
  try {
    value = JSON.parse(readText(path))
  } catch (cause) {
    if (cause instanceof SpikeError) throw cause
    throw new SpikeError('BAD_FILE', `${path}: is not JSON; build the folder again`, { cause })
  }
  const result = manifestSchema.safeParse(value)
  if (!result.success)
    throw new SpikeError(
      'BAD_FILE',
      result.error.issues.map(issue => `${path}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
    )
  const { model, slice, files } = result.data
  const used = ['config.yaml', `${model}/model.json`, ...slice.raw, slice.features, slice.predictions]
  const unnamed = used.filter(file => !Object.hasOwn(files, file))
  if (unnamed.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      unnamed.map(file => `${path}: files: ${file} is used and has no sum; build the folder again`),
    )
  return result.data
}
