import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { framesOf } from '../fixtures/ticker_frames.ts'
import { lacksLinux, needs } from '../harness/needs.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-commands-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(script: string, ...args: string[]): { code: number | null; out: string; err: string[] } {
  const { status, stdout, stderr } = spawnSync('node', [script, ...args], { encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr.trim().split('\n') }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('every command', () => {
  it.each([
    'scripts/demo.ts',
    'scripts/simulate.ts',
    'scripts/ws_ingest.ts',
    'scripts/kafka_consume_check.ts',
    'scripts/feed.ts',
    'scripts/replay.ts',
    'scripts/drift.ts',
    'scripts/handoff.ts',
    'scripts/mlflow.ts',
    'features/featurizer.ts',
    'models/train.ts',
    'models/infer.ts',
  ])('%s shows an example with --help, and refuses an unknown flag with exit 2 and one line', script => {
    const help = run(script, '--help')
    expect(help.code).toBe(0)
    expect(help.out).toMatch(/Example:\n {2}npm run \w+/)
    const wrong = run(script, '--no-such-flag')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toHaveLength(1)
    expect(wrong.err[0]).toMatch(/unknown option '--no-such-flag'|required option '--/)
  })
})

describe('a place that cannot be written ends with exit 2 and one line, before any work', () => {
  it.each([
    ['scripts/replay.ts --raw x --out'],
    ['scripts/demo.ts --out'],
    ['scripts/drift.ts --features x --early-late --out'],
    ['scripts/drift.ts --reference x --save-profile'],
    ['scripts/handoff.ts --out'],
    ['scripts/notebook.ts --out'],
    ['scripts/mlflow.ts --store'],
    ['scripts/ws_ingest.ts --raw'],
    ['models/train.ts --features x --out'],
    ['models/infer.ts --features x --out'],
    ['features/featurizer.ts --parquet'],
  ])('%s', line => {
    const [script, ...args] = line.split(' ')
    const place = join(file('a-file', 'precious'), 'below')
    const { code, err } = run(script, ...args, place)
    expect({ code, err }).toEqual({
      code: 2,
      err: [expect.stringContaining(`${args.at(-1)} ${place}: cannot be written (ENOTDIR); name another place`)],
    })
    expect(readFileSync(join(folder, 'a-file'), 'utf8')).toBe('precious')
  })

  it('replay under /proc, where folders are asked for in vain', needs(lacksLinux), () => {
    const { code, err } = run('scripts/replay.ts', '--raw', 'x', '--out', '/proc/x/y')
    expect({ code, err }).toEqual({ code: 2, err: [expect.stringContaining('--out /proc/x/y: cannot be written')] })
  })

  it('a topic log under /proc, or in place of a device', needs(lacksLinux), () => {
    for (const [place, why] of [
      ['/proc/x/y', 'cannot be written'],
      ['/dev/full', 'is a device or a pipe'],
    ]) {
      const { code, err } = run('features/featurizer.ts', '--topics', `embedded://${place}`)
      expect({ code, err }).toEqual({ code: 2, err: [expect.stringContaining(`${place}: ${why}`)] })
    }
  })
})

it('a command whose reader has gone ends quietly', () => {
  const pipe = ['-o', 'pipefail', '-c', 'node scripts/settle.ts --help | true']
  const { status, stderr } = spawnSync('bash', pipe, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

it('a pattern that the shell left alone is expanded by feed, as by every command that takes saved files', () => {
  file('quoted-[1].ndjson', framesOf(30))
  const topics = ['--topics', `embedded://${join(folder, 'quoted.db')}`]
  const { code, out } = run('scripts/feed.ts', '--raw', join(folder, 'quoted-*.ndjson'), ...topics)
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^[1-9]\d* records/) })
  for (const script of ['feed', 'replay', 'demo', 'handoff']) {
    const { code, err } = run(`scripts/${script}.ts`, '--raw', join(folder, 'none-*.ndjson'))
    expect({ code, err }).toEqual({ code: 2, err: [expect.stringContaining("none-*.ndjson' matches no file")] })
  }
})

describe('bad input ends with exit 2, a line a fault, and nothing written', () => {
  const out = () => join(folder, 'out.parquet')

  it('files that are missing, empty or garbage, all named at once', () => {
    const { code, err } = run(
      'scripts/replay.ts',
      '--raw',
      join(folder, 'no.ndjson'),
      file('empty.ndjson', ''),
      file('garbage.ndjson', 'x\ny\n'),
      '--out',
      out(),
    )
    expect(code).toBe(2)
    expect(err).toHaveLength(3)
    expect(err.join('\n')).toMatch(/no\.ndjson.*\n.*empty\.ndjson: is empty.*\n.*garbage\.ndjson: has no usable line/)
    expect(existsSync(out())).toBe(false)
  })

  it('a product that is not configured', () => {
    const text = framesOf(30).replaceAll(/"product_id":"[A-Z-]+"/g, '"product_id":"DOGE-USD"')
    const { code, err } = run('scripts/replay.ts', '--raw', file('doge.ndjson', text), '--out', out())
    expect(code).toBe(2)
    expect(err).toHaveLength(1)
    expect(err[0]).toMatch(/DOGE-USD: add them to the products of their feed in config\.yaml/)
    expect(existsSync(out())).toBe(false)
  })

  it('a config with several faults', () => {
    const text = readFileSync('config.yaml', 'utf8')
      .replace('carry_s: 10', 'carry_s: ten')
      .replace('embargo_s: 60', 'embargo: 60')
    const { code, err } = run(
      'scripts/replay.ts',
      '--raw',
      file('ok.ndjson', framesOf(30)),
      '--out',
      out(),
      '--config',
      file('bad.yaml', text),
    )
    expect(code).toBe(2)
    expect(err.length).toBeGreaterThanOrEqual(2)
    expect(err.every(line => line.includes('bad.yaml: '))).toBe(true)
  })

  it('too few labelled rows for a split', () => {
    const run_ = join(folder, 'short')
    const { code, err } = run('scripts/demo.ts', '--raw', file('short.ndjson', framesOf(150)), '--out', run_, '--json')
    expect(code).toBe(2)
    expect(err.at(-1)).toMatch(/at least 300 are needed/)
    expect(existsSync(join(run_, 'models'))).toBe(false)
    expect(readdirSync(run_, { recursive: true }).filter(name => String(name).includes('.tmp'))).toEqual([])
  })

  it('a Parquet file without the needed columns', () => {
    const { code, err } = run('models/train.ts', '--features', file('not.parquet', 'PAR1'), '--out', folder)
    expect(code).toBe(2)
    expect(err.at(-1)).toMatch(/not\.parquet: begins as a Parquet file and does not end as one/)
  })
})
