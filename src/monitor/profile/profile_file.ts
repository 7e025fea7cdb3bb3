import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { specVersion } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { checkInputFile } from '../../files/input.ts'
import { keepOthers } from '../../files/keep_others.ts'
import { downsampleColumn } from './join_parts.ts'
import type { ColumnPart, Profile } from './profile.ts'
import { bodyBytes, type ProfileHeader, profileHeader } from './profile_header.ts'
import { percentileCount } from './time_windows.ts'

/*
 * A profile file, little-endian: 8 bytes `spike60P`, the version as uint32, the length of the header as uint32, the header (JSON,
 * filled with blanks to a multiple of 8), then the numbers that the header counts, as float64: keys, filled; per column its
 * window percentiles, and per part its sorted values and knots; after these, as float32, the counts of each part.
 */
const magic = 'spike60P'
const version = 1
const headAt = 16

type StoredPart = ProfileHeader['columns'][number]['parts'][number]

/** What Node reads of a file at once. A profile of three products and all of our columns has 40 MB. */
const mostBytes = 2 ** 31 - 1

/**
 * Writes a profile. A column of more than 100,000 values is kept as 20,000 of them, its rank error beside it.
 * @throws SpikeError BAD_FILE when it would be larger than what `readProfile` takes; nothing is written then.
 */
export async function writeProfile(path: string, profile: Profile): Promise<void> {
  const { keys, filled, columns, ...rest } = profile
  const doubles: Float64Array[] = [keys, filled]
  const singles: Float32Array[] = []
  const listed = Object.entries(columns).map(([name, { windowPercentiles, parts, ...column }]) => {
    for (const percentiles of windowPercentiles) doubles.push(percentiles)
    const stored = downsampleColumn(parts).map(({ sorted, knots, counts, ...part }): StoredPart => {
      doubles.push(sorted, knots)
      singles.push(counts)
      const memory_s = Number.isFinite(part.memory_s) ? part.memory_s : null
      return { ...part, memory_s, kept: sorted.length, knots: knots.length }
    })
    return { name, ...column, parts: stored }
  })
  const body = [...doubles, ...singles].map(list => Buffer.from(list.buffer, list.byteOffset, list.byteLength))
  const header: ProfileHeader = { ...rest, blocks: keys.length, crc32: 2 ** 32 - 1, columns: listed }
  const head = Buffer.alloc(headAt + Math.ceil(Buffer.byteLength(JSON.stringify(header)) / 8) * 8, ' ')
  refuseTooLarge(path, head.length + bodyBytes(header))
  header.crc32 = body.reduce((sum, bytes) => crc32(bytes, sum), 0)
  head.write(magic, 0, 'latin1')
  head.writeUInt32LE(version, 8)
  head.writeUInt32LE(head.length - headAt, 12)
  head.write(JSON.stringify(header), headAt)
  await writeFileAtomically(path, Buffer.concat([head, ...body]))
}

function refuseTooLarge(path: string, bytes: number): void {
  if (bytes > mostBytes)
    throw new SpikeError(
      'BAD_FILE',
      `${path}: the profile would have ${bytes} bytes, and at most ${mostBytes} are read; make it of fewer columns or products, or a shorter time`,
    )
}

/** @throws SpikeError BAD_FILE where a file of something else lies at the place of a profile. */
export function refuseOtherProfile(path: string): void {
  keepOthers([path], first => first.startsWith(magic))
}

/**
 * Reads a profile.
 * @throws SpikeError BAD_FILE when it is missing or too large, is no profile, is of another version or spec version, or was cut
 *   or changed.
 */
export function readProfile(path: string): Profile {
  checkInputFile(path, 'a profile written with --save-profile', mostBytes)
  const bytes = readFileSync(path)
  if (bytes.length < headAt || bytes.toString('latin1', 0, 8) !== magic)
    throw new SpikeError('BAD_FILE', `${path}: is not a reference profile; write one with --save-profile`)
  const found = bytes.readUInt32LE(8)
  if (found !== version)
    throw new SpikeError(
      'BAD_FILE',
      `${path}: is a profile of version ${found}, this program reads ${version}; write it anew with --save-profile`,
    )
  const bodyAt = headAt + bytes.readUInt32LE(12)
  const header = parseHeader(path, bytes.toString('utf8', headAt, bodyAt))
  if (header.spec_version !== null && header.spec_version !== specVersion)
    throw new SpikeError(
      'BAD_FILE',
      `${path}: is a profile of features of spec version ${header.spec_version}, this program has ${specVersion}; write it anew with --save-profile`,
    )
  const body = bytes.subarray(bodyAt)
  if (crc32(body) !== header.crc32) throw damaged(path, 'its checksum does not fit')
  if (body.length !== bodyBytes(header)) throw damaged(path, 'its header counts other numbers than there are')
  const profile = takeApart(header, body)
  for (const [name, { parts, windowPercentiles }] of Object.entries(profile.columns))
    if (!parts.every(areNumbers) || windowPercentiles.some(hasInfinite))
      throw damaged(path, `numbers of column ${name} that cannot be`)
  if (!isAscending(profile.keys) || !profile.filled.every(seconds => seconds >= 0 && seconds <= profile.block_s))
    throw damaged(path, 'blocks of time that cannot be')
  return profile
}

const damaged = (path: string, what: string, cause?: unknown): SpikeError =>
  new SpikeError('BAD_FILE', `${path}: is damaged (${what}); write it anew with --save-profile`, { cause })

/** Finite, too. A plain loop: a profile has millions of them. */
function isAscending(list: Float64Array): boolean {
  let before = -Number.MAX_VALUE
  for (let i = 0; i < list.length; i++) {
    if (!(list[i] >= before)) return false
    before = list[i]
  }
  return before <= Number.MAX_VALUE
}

function areCounts(list: Float32Array): boolean {
  for (let i = 0; i < list.length; i++) if (!(list[i] >= 0 && list[i] <= Number.MAX_VALUE)) return false
  return true
}

const hasInfinite = (list: Float64Array): boolean => list.some(value => Math.abs(value) === Number.POSITIVE_INFINITY)

function areNumbers({ sorted, knots, counts }: ColumnPart): boolean {
  return isAscending(sorted) && isAscending(knots) && areCounts(counts)
}

function parseHeader(path: string, text: string): ProfileHeader {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw damaged(path, 'its header is not JSON', cause)
  }
  const read = profileHeader.safeParse(value)
  if (read.success) return read.data
  const [{ path: place, message }] = read.error.issues
  throw damaged(path, `its header: ${place.join('.') || '(top)'}: ${message}`, read.error)
}

function takeApart({ blocks, crc32: _, columns, ...rest }: ProfileHeader, body: Buffer): Profile {
  const aligned = body.byteOffset % 8 === 0 ? body : Buffer.from(new Uint8Array(body).buffer)
  let at = aligned.byteOffset
  const doubles = (length: number): Float64Array => {
    at += length * 8
    return new Float64Array(aligned.buffer, at - length * 8, length)
  }
  const [keys, filled] = [doubles(blocks), doubles(blocks)]
  const opened = columns.map(({ name, parts, ...column }) => ({
    name,
    ...column,
    windowPercentiles: rest.windows.map(() => doubles(percentileCount)),
    parts: parts.map(({ kept, knots, ...part }) => ({ ...part, sorted: doubles(kept), knots: doubles(knots) })),
  }))
  const single = (length: number): Float32Array => {
    at += length * 4
    return new Float32Array(aligned.buffer, at - length * 4, length)
  }
  return {
    ...rest,
    keys,
    filled,
    columns: Object.fromEntries(
      opened.map(({ name, parts, ...column }) => [
        name,
        {
          ...column,
          parts: parts.map(part => ({
            ...part,
            memory_s: part.memory_s ?? Number.POSITIVE_INFINITY,
            counts: single(blocks * part.knots.length),
          })),
        },
      ]),
    ),
  }
}
