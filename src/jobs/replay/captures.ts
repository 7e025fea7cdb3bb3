import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Config } from '../../config.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'
import { joinTables } from '../../stores/join_tables.ts'
import { readTable } from '../../stores/parquet.ts'
import { withProductsOf } from './own_products.ts'
import { replay } from './replay.ts'

export interface ReadCaptures {
  /** Rows of one UTC day's captures, by day. */
  groups: { name: string; table: FeatureTable }[]
  files: { file: string; digest: string; rows: number; labelled: number; group: string; simulated: boolean }[]
  left_out: LeftOutCapture[]
}

interface LeftOutCapture {
  file: string
  why: string
}

export interface Capture {
  file: string
  digest: string
  labelled: number
  simulated: boolean
  table: FeatureTable
}

const captureName = /\.(ndjson|jsonl)(\.(gz|zst))?$/

/**
 * Replays every capture of a folder by itself and groups the rows by the UTC day of each capture's first row. What gives no
 * labelled row is left out, and of captures that hold the same seconds of a product the smaller one; both are named.
 * @throws SpikeError BAD_FILE without a folder or captures, AUDIT_FAILED when a replay's leak test failed.
 */
export async function readCaptures(
  folder: string,
  config: Config,
  onFile: (file: string, done: number, of: number) => void = () => {},
): Promise<ReadCaptures> {
  const { captures, left_out } = await readEachCapture([folder], config, onFile)
  const dayOf = ({ table }: Capture): string => isoTime(firstTime(table)).slice(0, 10)
  const days = [...new Set(captures.map(dayOf))].sort()
  return {
    groups: days.map(day => ({
      name: day,
      table: joinTables(captures.filter(capture => dayOf(capture) === day).map(({ table }) => table)),
    })),
    files: captures.map(capture => {
      const { file, digest, labelled, simulated, table } = capture
      return { file, digest, rows: table.rows, labelled, group: dayOf(capture), simulated }
    }),
    left_out,
  }
}

/**
 * Replays every capture of the folders by itself, oldest first, with all products that it names.
 * @throws as `readCaptures`.
 */
export async function readEachCapture(
  folders: string[],
  config: Config,
  onFile: (file: string, done: number, of: number) => void = () => {},
): Promise<{ captures: Capture[]; left_out: LeftOutCapture[] }> {
  const files = folders.flatMap(capturesIn)
  const left_out: LeftOutCapture[] = []
  const captures: Capture[] = []
  const temporary = mkdtempSync(join(tmpdir(), 'spike60-captures-'))
  try {
    for (const [i, path] of files.entries()) {
      const file = basename(path)
      onFile(file, i, files.length)
      const capture = await readCapture(path, join(temporary, 'capture.parquet'), config)
      if (typeof capture === 'string') left_out.push({ file, why: capture })
      else captures.push({ ...capture, file })
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  const kept = leaveOutRepeated(captures, left_out)
  if (kept.length > 0) return { captures: kept, left_out }
  throw new SpikeError(
    'BAD_FILE',
    `${folders.join(', ')}: no capture gives labelled rows; ${left_out.map(({ file, why }) => `${file}: ${why}`).join('; ') || 'it holds no .ndjson or .jsonl file'}`,
  )
}

function capturesIn(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new SpikeError('BAD_FILE', `${folder}: is not a folder; name one that holds captures`)
  return readdirSync(folder)
    .filter(name => captureName.test(name))
    .sort()
    .map(name => join(folder, name))
}

async function readCapture(raw: string, out: string, config: Config): Promise<Capture | string> {
  try {
    const { digest, labelled, simulated, perturbation } = await replay({
      raw: [raw],
      out,
      config: await withProductsOf(raw, config),
    })
    if (perturbation.verdict === 'failed')
      throw new SpikeError('AUDIT_FAILED', `${raw}: the leak test of its replay failed: ${perturbation.detail}`)
    if (labelled === 0) return 'no labelled row'
    const { table } = await readTable(out)
    return { file: raw, digest, labelled, simulated, table }
  } catch (error) {
    if (error instanceof SpikeError && (error.code === 'BAD_FILE' || error.code === 'BAD_TABLE'))
      return error.faults[0].replace(`${raw}: `, '')
    throw error
  }
}

function leaveOutRepeated(captures: Capture[], left_out: LeftOutCapture[]): Capture[] {
  const owner = new Map<string, string>()
  const kept: Capture[] = []
  for (const capture of [...captures].sort((a, b) => b.table.rows - a.table.rows)) {
    const { product, time, rows } = capture.table
    const keys = Array.from({ length: rows }, (_, row) => `${product[row]} ${time[row]}`)
    const repeated = keys.filter(key => owner.has(key))
    if (repeated.length > 0) {
      const why = `${repeated.length} of its ${rows} rows are seconds of ${owner.get(repeated[0])} too`
      left_out.push({ file: capture.file, why })
      continue
    }
    for (const key of keys) owner.set(key, capture.file)
    kept.push(capture)
  }
  return kept.sort((a, b) => firstTime(a.table) - firstTime(b.table))
}

function firstTime({ time }: FeatureTable): number {
  return time.reduce((least, t) => Math.min(least, t), Number.POSITIVE_INFINITY)
}
