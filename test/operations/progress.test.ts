import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { ProgressClock } from '../../src/operations/progress.ts'
import { needs } from '../harness/needs.ts'

test.each([
  ['nothing counted', ['reading a file'], 'reading a file · 12 s'],
  ['a count without a total', ['events', 1234567], 'events, 1,234,567 · 12 s'],
  ['none done yet', ['fitting', 0, 9], 'fitting, 0 of 9 · 12 s'],
  ['a third done', ['fitting', 3, 9], 'fitting, 3 of 9 · 12 s, about 20 s left'],
  ['a large total', ['events', 250_000, 1_000_000], 'events, 25 % · 12 s, about 30 s left'],
  ['more done than was expected', ['rows', 12, 10], 'rows, 12 of 10 · 12 s, about 0 s left'],
] as [string, [string, number?, number?], string][])('%s', (_, [what, done, of], told) => {
  const clock = new ProgressClock(0)
  clock.say(2000, what, 0, of)
  clock.say(12_000, what, done, of)
  expect(clock.tell(12_000)).toBe(told)
})

test('what is left is reckoned from the beginning of this piece of work', () => {
  const clock = new ProgressClock(0)
  clock.say(0, 'fitting', 8, 9)
  clock.say(60_000, 'auditing', 0, 18)
  clock.say(66_000, 'auditing', 6, 18)
  expect(clock.tell(66_000)).toBe('auditing, 6 of 18 · 66 s, about 12 s left')
  clock.say(600_000, 'auditing', 0, 18)
  expect(clock.tell(660_000)).toBe('auditing, 0 of 18 · 11 min')
})

test('or from when it began elsewhere: what was told late is no faster for it', () => {
  const clock = new ProgressClock(0)
  clock.say(40_000, 'walk-forward', 6, 9, 10_000)
  expect(clock.tell(40_000)).toBe('walk-forward, 6 of 9 · 40 s, about 15 s left')
  clock.say(45_000, 'walk-forward', 7, 9, 10_000)
  expect(clock.tell(45_000)).toBe('walk-forward, 7 of 9 · 45 s, about 10 s left')
})

const folder = mkdtempSync(join(tmpdir(), 'spike60-progress-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const noTerminal =
  spawnSync('script', ['--version']).status === 0 ? null : 'script, of util-linux, which opens a terminal'
const progress = fileURLToPath(new URL('../../src/operations/progress.ts', import.meta.url))
const { CI: _, ...environment } = process.env

/** Runs work of 40 pieces that prints one line in the middle; in a terminal of `script`, or piped. */
function run(isWanted: boolean, inTerminal: boolean): string {
  const program = join(folder, 'work.ts')
  const work = `import { setTimeout } from 'node:timers/promises'
    import { withProgress } from ${JSON.stringify(progress)}
    await withProgress(${isWanted}, async say => {
      for (let i = 0; i < 40; i++) { say('working', i, 40); if (i === 20) console.error('half'); await setTimeout(10) }
    })
    console.log('done')`
  writeFileSync(program, work)
  const [file, args] = inTerminal
    ? ['script', ['-qec', `'${process.execPath}' '${program}'`, '/dev/null']]
    : [process.execPath, [program]]
  const ran = spawnSync(file as string, args as string[], {
    encoding: 'utf8',
    env: { ...environment, TERM: 'xterm', NO_COLOR: '1' },
  })
  return ran.stdout + ran.stderr
}

test(
  'a terminal is shown how far it is, lines of others stand whole, and the cursor comes back',
  needs(noTerminal),
  () => {
    const said = run(true, true)
    expect(said).toMatch(/working, 0 of 40 · 0 s/)
    expect(said).toMatch(/working, [1-9]\d* of 40 · 0 s/)
    expect(said.replaceAll('\r', '')).toContain('Khalf\n')
    expect(said.lastIndexOf('\x1b[?25h')).toBeGreaterThan(said.lastIndexOf('\x1b[?25l'))
    expect(said.trimEnd().endsWith('done')).toBe(true)
  },
)

test('where it is not wanted, or nobody looks, not a character of it is written', needs(noTerminal), () => {
  expect(run(false, true).replaceAll('\r', '')).toBe('half\ndone\n')
  expect(run(true, false)).toBe('done\nhalf\n')
})
