import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { type Manifest, writeManifest } from '../../../src/publish/handoff/manifest.ts'
import { verifyManifest } from '../../../src/publish/handoff/verify.ts'
import { writeHandoff } from '../../../src/publish/handoff/write.ts'
import { lacksLinux, needs } from '../../harness/needs.ts'

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-verify-'))
  out = join(folder, 'handoff')
  for (const path of [
    'config.yaml',
    'models/artifacts/logistic/model.json',
    'data/slice/raw.ndjson',
    'data/slice/features.parquet',
    'data/slice/predictions.parquet',
    'docs/runbook.md',
  ]) {
    mkdirSync(join(out, dirname(path)), { recursive: true })
    writeFileSync(join(out, path), path)
  }
  writeManifest(out, {
    simulated: true,
    spec_version: '1',
    config_hash: '0',
    model: 'models/artifacts/logistic',
    slice: {
      raw: ['data/slice/raw.ndjson'],
      from: '2026-01-05T03:00:00Z',
      to: '2026-01-05T03:10:00Z',
      lines: 1,
      rows: 1,
      digest: '60'.repeat(32),
      features: 'data/slice/features.parquet',
      predictions: 'data/slice/predictions.parquet',
    },
  })
})
afterEach(() => rmSync(folder, { recursive: true }))

const rewrite = (change: (manifest: Manifest) => void): void => {
  const path = join(out, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  change(manifest)
  writeFileSync(path, JSON.stringify(manifest))
}
const everything = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort()

test('hidden folders and files, links, pipes and names of JavaScript itself are seen', needs(lacksLinux), () => {
  expect(Object.keys(verifyManifest(out).files)).toHaveLength(6)
  for (const [make, seen] of [
    [() => mkdirSync(join(out, '.hidden')), '.hidden: is not in the manifest'],
    [() => mkdirSync(join(out, 'data/.git/hooks'), { recursive: true }), 'data/.git/hooks: is not in the manifest'],
    [() => writeFileSync(join(out, 'docs/.note'), ''), 'docs/.note: is not in the manifest'],
    [() => writeFileSync(join(out, 'constructor'), ''), 'constructor: is not in the manifest'],
    [() => spawnSync('mkfifo', [join(out, 'docs/pipe')]), 'docs/pipe: is a pipe, socket or device; only plain files'],
    [() => symlinkSync('/etc/hostname', join(out, 'docs/link')), 'docs/link: is a link; only plain files are read'],
    [() => symlinkSync(folder, join(out, 'docs/out')), 'docs/out: is a link; only plain files are read'],
  ] as const) {
    const before = join(folder, 'before')
    cpSync(out, before, { recursive: true })
    make()
    expect(() => verifyManifest(out)).toThrow(seen)
    rmSync(out, { recursive: true })
    renameSync(before, out)
  }
})

test('a link in place of a file that is named, or of the manifest itself, is refused though its content has the right sum', () => {
  for (const path of ['data/slice/raw.ndjson', 'manifest.json']) {
    renameSync(join(out, path), join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), join(out, path))
    expect(() => verifyManifest(out)).toThrow(path === 'manifest.json' ? 'does not exist' : 'is a link')
    renameSync(join(folder, 'elsewhere'), join(out, path))
  }
})

test('a manifest that leads out of its folder, or does not name what is replayed and scored, is refused', () => {
  const text = readFileSync(join(out, 'manifest.json'), 'utf8')
  const cases: [(manifest: Manifest) => void, RegExp][] = [
    [m => (m.slice.raw = ['../../secret.ndjson']), /slice.raw.0/],
    [m => (m.slice.raw = ['/etc/passwd']), /slice.raw.0/],
    [m => (m.slice.raw = ['docs/runbook.md']), /slice.raw.0/],
    [m => (m.slice.raw = ['data/slice/raw_2.ndjson']), /files: data\/slice\/raw_2.ndjson is used and has no sum/],
    [m => (m.model = '../logistic'), /model: /],
    [m => (m.model = 'models/artifacts/..'), /model: /],
    [m => (m.model = 'models/artifacts/trees'), /files: models\/artifacts\/trees\/model.json is used and has no sum/],
    [m => delete m.files['config.yaml'], /files: config.yaml is used and has no sum/],
    [m => (m.slice.predictions = '../p.parquet' as never), /slice.predictions/],
    [m => (m.files['../../.bashrc'] = '60'.repeat(32)), /leads out of the folder/],
    [m => Object.assign(m, { replacing: true }), /replacing/],
  ]
  for (const [change, why] of cases) {
    rewrite(change)
    expect(() => verifyManifest(out), String(change)).toThrow(why)
    writeFileSync(join(out, 'manifest.json'), text)
  }
})

test('a folder far larger than any hand-off is refused before its files are read', () => {
  truncateSync(join(out, 'data/slice/raw.ndjson'), 5 * 2 ** 30)
  expect(() => verifyManifest(out)).toThrow('so it is no hand-off folder')
  truncateSync(join(out, 'data/slice/raw.ndjson'), 0)
  truncateSync(join(out, 'manifest.json'), 65 * 2 ** 20)
  expect(() => verifyManifest(out)).toThrow('manifest.json: has 68157440 bytes, and at most 67108864 are read')
})

test('a check follows no note and writes nothing', () => {
  const move = { from: 'handoff.999999999.tmp-0a1b2c3d', to: 'handoff' }
  mkdirSync(join(folder, move.from))
  writeFileSync(`${out}.replacing.json`, JSON.stringify({ pid: 999_999_999, moves: [move] }))
  const before = everything()
  verifyManifest(out)
  expect(everything()).toEqual(before)
})

test('a hand-off replaces no folder that holds anything that no hand-off wrote, and names it', async () => {
  const config = readConfig()
  const run = join(folder, 'run')
  const build = () => writeHandoff({ run, raw: [], out, config })
  const isReached = { code: 'BAD_FILE', message: expect.stringContaining('finish the run first') }
  await expect(build()).rejects.toMatchObject(isReached)
  const manifest = readFileSync(join(out, 'manifest.json'))
  for (const [path, content] of [
    ['thesis.md', 'years of work'],
    ['.hidden/note', 'mine'],
    ['docs/runbook.md', 'edited by hand'],
    ['manifest.json', ''],
    ['manifest.json', '{"format":"spike60-handoff"}'],
  ]) {
    const before = join(folder, 'before')
    cpSync(out, before, { recursive: true })
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), content)
    await expect(build(), path).rejects.toMatchObject({ exit: 2, message: expect.stringContaining(path.split('/')[0]) })
    expect(readFileSync(join(out, path), 'utf8')).toBe(content)
    rmSync(out, { recursive: true })
    renameSync(before, out)
  }
  expect(readFileSync(join(out, 'manifest.json'))).toEqual(manifest)

  rmSync(out, { recursive: true })
  mkdirSync(out)
  await expect(build()).rejects.toMatchObject(isReached)
  writeFileSync(join(out, 'README.md'), 'mine')
  await expect(build()).rejects.toThrow(/README.md is of no hand-off .* move it away, or name a new folder/)
  cpSync(join(import.meta.dirname, '../../../handoff/README.md'), join(out, 'README.md'))
  await expect(build()).rejects.toMatchObject(isReached)
})
