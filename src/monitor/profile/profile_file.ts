import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { specVersion } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { downsampleColumn } from './join_parts.ts'
import type { ColumnPart, Profile } from './profile.ts'
import { percentileCount } from './time_windows.ts'

/*
 * A profile file, little-endian: 8 bytes `spike60P`, the version as uint32, the length of the header as uint32, the header (JSON,
 * filled with blanks to a multiple of 8), then the numbers that the header counts, as float64: keys, filled; per column its
 * window percentiles, and per part its sorted values and knots; after these, as float32, the counts of each part.
 */
const magic = 'spike60P'
const version = 1
const headAt = 16

type StoredPart = Omit<ColumnPart, 'sorted' | 'knots' | 'counts' | 'memory_s'> & {
  memory_s: number | null
  kept: number
  knots: number
}
type Header = Omit<Profile, 'keys' | 'filled' | 'columns'> & {
  blocks: number
  crc32: number
  columns: (Omit<Profile['columns'][string], 'parts' | 'windowPercentiles'> & { name: string; parts: StoredPart[] })[]
}

/** Writes a profile. A column of more than 100,000 values is kept as 20,000 of them, its rank error beside it. */
export async function writeProfile(path: string, profile: Profile): Promise<void> {
  const { keys, filled, columns, ...rest } = profile
  const doubles: Float64Array[] = [keys, filled]
  const singles: Float32Array[] = []
  const listed = Object.entries(columns).map(([name, { windowPercentiles, parts, ...column }]) => {
    doubles.push(...windowPercentiles)
    const stored = downsampleColumn(parts).map(({ sorted, knots, counts, ...part }): StoredPart => {
      doubles.push(sorted, knots)
      singles.push(counts)
      const memory_s = Number.isFinite(part.memory_s) ? part.memory_s : null
      return { ...part, memory_s, kept: sorted.length, knots: knots.length }
    })
    return { name, ...column, parts: stored }
  })
  const body = Buffer.concat(
    [...doubles, ...singles].map(list => Buffer.from(list.buffer, list.byteOffset, list.byteLength)),
  )
  const header: Header = { ...rest, blocks: keys.length, crc32: crc32(body), columns: listed }
  const text = Buffer.from(JSON.stringify(header))
  const head = Buffer.alloc(headAt + Math.ceil(text.length / 8) * 8, ' ')
  head.write(magic, 0, 'latin1')
  head.writeUInt32LE(version, 8)
  head.writeUInt32LE(head.length - headAt, 12)
  text.copy(head, headAt)
  await writeFileAtomically(path, Buffer.concat([head, body]))
}

/**
 * Reads a profile.
 * @throws SpikeError BAD_FILE when it is missing, is no profile, is of another version or spec version, or was cut or changed.
 */
export function readProfile(path: string): Profile {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path}: cannot be read; name a profile written with --save-profile`, { cause })
  }
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
  if (crc32(body) !== header.crc32)
    throw new SpikeError(
      'BAD_FILE',
      `${path}: is damaged (its checksum does not fit); write it anew with --save-profile`,
    )
  return takeApart(header, body)
}

function parseHeader(path: string, text: string): Header {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SpikeError(
      'BAD_FILE',
      `${path}: is damaged (its header is not JSON); write it anew with --save-profile`,
      {
        cause,
      },
    )
  }
}

function takeApart({ blocks, crc32: _, columns, ...rest }: Header, body: Buffer): Profile {
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
