import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Side } from '../../../src/monitor/columns/side.ts'
import { takeRows } from '../../../src/monitor/columns/side.ts'
import { downsample } from '../../../src/monitor/profile/downsample.ts'
import { profileSide } from '../../../src/monitor/profile/make_profile.ts'
import { mergeProfiles } from '../../../src/monitor/profile/merge_profiles.ts'
import type { Profile } from '../../../src/monitor/profile/profile.ts'
import { readProfile, writeProfile } from '../../../src/monitor/profile/profile_file.ts'
import { assembleReport, type DriftReport } from '../../../src/monitor/report/drift_report.ts'
import { autoregression } from '../../fixtures/synthetic_sides.ts'

const folder = mkdtempSync(join(tmpdir(), 'profile-'))
afterAll(() => rmSync(folder, { recursive: true }))

function makeSide(rows: number, from: number, seed: number, scale = 1, products = ['BTC-USD', 'ETH-USD']): Side {
  const each = rows / products.length
  const column = (k: number): Float64Array => {
    const values = new Float64Array(rows)
    products.forEach((_, i) => {
      values.set(
        autoregression(each, 15, seed + 10 * k + i).map(x => (x + 50 * i) * scale),
        i * each,
      )
    })
    return values
  }
  return {
    name: `side ${seed}`,
    rows,
    product: products.flatMap(product => new Array<string>(each).fill(product)),
    time: Float64Array.from({ length: rows }, (_, row) => (from + (row % each)) * 1e6),
    timed: true,
    columns: {
      plain: { kind: 'double', values: column(1) },
      small: { kind: 'double', values: column(2).map(x => x * 1e-6) },
      holed: { kind: 'double', values: column(3).map((x, i) => (i % 9 === 0 ? Number.NaN : x)) },
      whole: { kind: 'integer', values: column(4).map(x => Math.round(Math.abs(x)) % 3) },
      label: { kind: 'integer', values: column(5).map(x => (x % 10 > 1.5 ? 1 : 0)) },
      mid_age: { kind: 'double', values: column(6).map(x => Math.round(Math.abs(x)) % 12) },
    },
    others: { note: 'VARCHAR' },
    metadata: { 'spike60.simulated': 'true', 'spike60.spec_version': '1' },
  }
}

const profileOf = (side: Side): Profile =>
  profileSide(side, { blockSeconds: 300, resetSeconds: 900, forReference: true }).profile

let written = 0

async function through(profile: Profile): Promise<Profile> {
  const path = join(folder, `${written++}.profile`)
  await writeProfile(path, profile)
  return readProfile(path)
}

const compare = (reference: Profile, current: Side): DriftReport =>
  assembleReport(reference, current, {
    title: 'test',
    simulated: true,
    modelInputs: ['plain'],
    tau: null,
    stream: null,
    limits: {},
    resetSeconds: 900,
    seed: 60,
  })

const reference = makeSide(20_000, 1_700_000_100, 1)
const current = makeSide(12_000, 1_700_020_000, 2, 1.3)
const halves = (side: Side, at: number): Side[] => {
  const rows = Array.from({ length: side.rows }, (_, row) => row)
  return [rows.filter(row => side.time[row] < at), rows.filter(row => side.time[row] >= at)].map((part, i) =>
    takeRows(side, part, `part ${i}`),
  )
}

test('a stored profile gives the very report that its data give', async () => {
  const profile = profileOf(reference)
  expect(compare(await through(profile), current)).toEqual(compare(profile, current))
})

describe('profiles of partitions, merged', () => {
  const parts = halves(reference, 1_700_005_000e6)
  const byProduct = ['BTC-USD', 'ETH-USD'].map(product => {
    const rows = reference.product.flatMap((own, row) => (own === product ? [row] : []))
    return takeRows(reference, rows, product)
  })
  const whole = compare(profileOf(reference), current)

  test.each([
    ['by time', parts],
    ['by time, in the other order', parts.toReversed()],
    ['by product', byProduct],
  ])('%s: the scores, figures and quality of all rows', async (_, sides) => {
    const merged = compare(mergeProfiles(await Promise.all(sides.map(side => through(profileOf(side)))), 900), current)
    expect(merged.reference).toEqual({ ...whole.reference, name: expect.any(String) })
    for (const [i, column] of merged.columns.entries()) {
      const expected = whole.columns[i]
      expect(column.evidently.score).toBeCloseTo(expected.evidently.score!, 12)
      expect(column.scale_free.score).toBeCloseTo(expected.scale_free.score!, 10)
      expect(column.scale_free.verdict).toBe(expected.scale_free.verdict)
      expect(column.reference.quantiles).toEqual(expected.reference.quantiles)
      expect(column.reference.mean).toBeCloseTo(expected.reference.mean!, 10)
    }
    const { products: _products, ...quality } = merged.quality.reference
    const { products, ...other } = whole.quality.reference
    expect(quality).toEqual(other)
    expect(merged.quality.reference.products).toEqual(
      products.map(line => ({ ...line, coverage: expect.closeTo(line.coverage, 9) })),
    )
    expect(merged.quality.label).toEqual(whole.quality.label)
  })

  test('the time between two of them is a new session where the config says that one is so long', () => {
    const apart = [makeSide(200, 1_700_000_000, 1), makeSide(200, 1_700_000_700, 2)].map(profileOf)
    const resets = (after: number) => mergeProfiles(apart, after).timeline.products.map(({ resets }) => resets)
    expect([resets(300), resets(900)]).toEqual([
      [1, 1],
      [0, 0],
    ])
  })

  test('rows that stand in two of them are refused, and so are partitions of other columns', () => {
    const [early] = parts
    expect(() => mergeProfiles([profileOf(reference), profileOf(early)], 900)).toThrow(/a row may stand in one only/)
    const { plain: _, ...columns } = parts[1].columns
    expect(() => mergeProfiles([profileOf(early), profileOf({ ...parts[1], columns })], 900)).toThrow(
      /has not the columns of part 0 \(plain\)/,
    )
    expect(() => mergeProfiles([profileOf({ ...early, timed: false }), profileOf(parts[1])], 900)).toThrow(
      /carry no time/,
    )
  })
})

describe('more than 100,000 values a column', () => {
  const large = makeSide(120_000, 1_700_000_000, 3, 1, ['BTC-USD'])
  const later = makeSide(6000, 1_700_200_000, 4, 1.2, ['BTC-USD'])

  test('are kept as 20,000: the stated rank error holds, moments and extremes are exact, scores agree within it', async () => {
    const exact = profileOf(large)
    const stored = await through(exact)
    for (const name of ['plain', 'small', 'holed']) {
      const [before, after] = [exact, stored].map(profile => profile.columns[name].parts[0])
      expect(after.sorted).toHaveLength(20_000)
      expect(after.rank_error).toBe(1 / 40_000)
      expect(largestRankError(before.sorted, after.sorted)).toBeLessThanOrEqual(after.rank_error + 1e-12)
      expect(after).toMatchObject({ n: before.n, mean: before.mean, squares: before.squares, low: before.low })
    }
    const [one, other] = [compare(exact, later), compare(stored, later)]
    expect(other.columns.map(column => column.scale_free.verdict)).toEqual(
      one.columns.map(column => column.scale_free.verdict),
    )
    for (const [i, { name, evidently, reference, rank_error }] of other.columns.entries()) {
      const spread = one.columns[i].reference.quantiles.at(-1)! - one.columns[i].reference.quantiles[0]!
      const bound = (rank_error * spread) / Math.max(reference.std!, 0.001)
      expect([name, Math.abs(evidently.score! - one.columns[i].evidently.score!) <= bound + 1e-12]).toEqual([
        name,
        true,
      ])
      expect(reference.std).toBeCloseTo(one.columns[i].reference.std!, 12)
    }
  })

  test('merged from partitions, the rank error is that of each and one more', async () => {
    const exact = profileOf(large)
    const stored = await Promise.all(halves(large, 1_700_110_000e6).map(side => through(profileOf(side))))
    const part = mergeProfiles(stored, 900).columns.plain.parts[0]
    expect(part.sorted).toHaveLength(20_000)
    expect(part.rank_error).toBeLessThanOrEqual(2 / 40_000)
    expect(largestRankError(exact.columns.plain.parts[0].sorted, part.sorted)).toBeLessThanOrEqual(part.rank_error)
  })
})

test('thinning weighed samples keeps every rank within half a step', () => {
  const sample = fc
    .tuple(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5 }))
    .map(([values, weight]) => ({ sorted: Float64Array.from(values).sort(), weight }))
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 30 }),
      (samples, keptValues) => {
        const all = samples.flatMap(({ sorted, weight }) => [...sorted].flatMap(x => new Array<number>(weight).fill(x)))
        const thinned = downsample(samples, keptValues)
        expect(thinned).toEqual(thinned.toSorted())
        expect(largestRankError(Float64Array.from(all).sort(), thinned)).toBeLessThanOrEqual(0.5 / keptValues + 1e-9)
      },
    ),
  )
})

describe('a profile that must not be used is refused with one line', () => {
  const path = join(folder, 'good.profile')
  const changed = (change: (bytes: Buffer) => Buffer): string => {
    const bad = join(folder, 'bad.profile')
    writeFileSync(bad, change(Buffer.from(readFileSync(path))))
    return bad
  }

  test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['cut short', bytes => bytes.subarray(0, bytes.length - 100), /is damaged \(its checksum/],
    ['cut inside the header', bytes => bytes.subarray(0, 100), /is damaged \(its header/],
    ['a bit flipped', flipLast, /is damaged \(its checksum/],
    ['of another format version', bytes => overwrite(bytes, 8, 2), /is a profile of version 2, this program reads 1/],
    ['something else', () => Buffer.from('PAR1'), /is not a reference profile/],
    [
      'of another spec version',
      bytes => Buffer.from(bytes.toString('latin1').replace('"spec_version":"1"', '"spec_version":"0"'), 'latin1'),
      /of spec version 0, this program has 1; write it anew/,
    ],
  ])('%s', async (_, change, fault) => {
    await writeProfile(path, profileOf(reference))
    expect(() => readProfile(changed(change))).toThrow(
      expect.objectContaining({ code: 'BAD_FILE', exit: 2, faults: [expect.stringMatching(fault)] }),
    )
  })

  test.each<[string, (header: Header) => void, RegExp]>([
    ['no counts', header => delete header.columns[0].parts[0].kept, /its header: columns.0.parts.0.kept: /],
    ['more blocks than there are', header => header.blocks++, /its header counts other numbers than there are/],
    ['blocks without end', header => Object.assign(header, { blocks: 2 ** 40 }), /its header counts other numbers/],
    ['another product', header => (header.columns[1].parts[0].product = 'X'), /a column that has other products/],
    ['a part of nothing', header => (header.columns[0].parts[0].n = 0), /counts or bounds that do not go together/],
    ['a negative count of nulls', header => (header.columns[2].nulls = -1), /its header: columns.2.nulls: /],
    ['a time that is none', header => (header.windows[0].from = 'now'), /its header: windows.0.from: /],
    ['a name that is no text', header => Object.assign(header, { name: 7 }), /its header: name: /],
  ])('a header of %s, its checksum right', async (_, change, fault) => {
    await writeProfile(path, profileOf(reference))
    expect(() => readProfile(changed(bytes => withHeader(bytes, change)))).toThrow(
      expect.objectContaining({ code: 'BAD_FILE', faults: [expect.stringMatching(fault)] }),
    )
  })

  test.each<[string, number, number, RegExp]>([
    ['a key that is infinite', 0, Number.POSITIVE_INFINITY, /blocks of time that cannot be/],
    ['keys out of order', 0, 1e12, /blocks of time that cannot be/],
    ['more seconds than a block has', 35, 301, /blocks of time that cannot be/],
    ['an infinite percentile', 80, Number.NEGATIVE_INFINITY, /numbers of column plain that cannot be/],
  ])('numbers that cannot be, its checksum right: %s', async (_, place, value, fault) => {
    await writeProfile(path, profileOf(reference))
    const bad = changed(bytes =>
      withHeader(
        bytes,
        () => {},
        body => body.writeDoubleLE(value, 8 * place),
      ),
    )
    expect(() => readProfile(bad)).toThrow(expect.objectContaining({ faults: [expect.stringMatching(fault)] }))
  })

  test('a profile larger than what is read is not written', async () => {
    const place = join(folder, 'large.profile')
    const profile = profileOf(reference)
    profile.columns.plain.parts[0].knots = new Float64Array(2 ** 28)
    await expect(writeProfile(place, profile)).rejects.toThrow(
      expect.objectContaining({
        code: 'BAD_FILE',
        faults: [expect.stringMatching(/large\.profile: the profile would have \d+ bytes, and at most 2147483647 are/)],
      }),
    )
    expect(readdirSync(folder)).not.toContain('large.profile')
  })

  test('values out of order, and one that is infinite', async () => {
    for (const value of [Number.POSITIVE_INFINITY, 1e9, Number.NaN]) {
      const profile = profileOf(reference)
      profile.columns.small.parts[0].sorted[5] = value
      await expect(through(profile)).rejects.toThrow(/numbers of column small that cannot be/)
    }
  })

  test('missing', () => {
    expect(() => readProfile(join(folder, 'none.profile'))).toThrow(/none.profile: does not exist; name a profile/)
  })

  test('rows of another spec version than the profile', () => {
    const other = { ...current, metadata: { 'spike60.spec_version': '0' } }
    expect(() => compare(profileOf(reference), other)).toThrow(/of spec version 0, those of side 1 of version 1/)
  })
})

test('sides without a common product are compared as a whole', () => {
  const other = makeSide(6000, 1_700_020_000, 5, 1, ['SOL-USD'])
  const [column] = compare(profileOf(reference), other).columns
  expect(column.scale_free.spread).toEqual([expect.objectContaining({ product: '' })])
  expect(column.scale_free.p).not.toBeNull()
})

/** Between the shares of values at or below any number. */
function largestRankError(all: Float64Array, kept: Float64Array): number {
  let worst = 0
  for (let i = 0, k = 0; i < all.length; i++) {
    if (all[i + 1] === all[i]) continue
    while (k < kept.length && kept[k] <= all[i]) k++
    worst = Math.max(worst, Math.abs((i + 1) / all.length - k / kept.length))
  }
  return worst
}

interface Header {
  name: unknown
  blocks: number
  windows: { from: string }[]
  columns: { nulls: number; parts: { product: string; n: number; kept?: number }[] }[]
}

/** The file with its header and numbers changed, and the checksum that they then have. */
function withHeader(bytes: Buffer, change: (header: Header) => void, spoil: (body: Buffer) => void = () => {}): Buffer {
  const end = 16 + bytes.readUInt32LE(12)
  const header = JSON.parse(bytes.toString('utf8', 16, end))
  const body = Buffer.from(bytes.subarray(end))
  change(header)
  spoil(body)
  const text = Buffer.from(JSON.stringify({ ...header, crc32: crc32(body) }))
  const head = Buffer.alloc(16 + Math.ceil(text.length / 8) * 8, ' ')
  bytes.copy(head, 0, 0, 16)
  head.writeUInt32LE(head.length - 16, 12)
  text.copy(head, 16)
  return Buffer.concat([head, body])
}

function flipLast(bytes: Buffer): Buffer {
  bytes[bytes.length - 5] ^= 1
  return bytes
}

function overwrite(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at)
  return bytes
}
