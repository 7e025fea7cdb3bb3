import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { finishReplacing, placeNow, replaceTogether } from '../../src/files/together.ts'
import { startVictim } from '../harness/victim.ts'

let folder: string
let note: string
let paths: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-replace-'))
  note = join(folder, 'models', 'replacing.json')
  paths = [join(folder, 'data', 'a'), join(folder, 'models', 'b'), join(folder, 'models', 'c')]
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (content: string) =>
  replaceTogether(note, paths, async staged => {
    for (const path of paths) {
      mkdirSync(staged(path))
      writeFileSync(join(staged(path), 'content'), content)
    }
  })
const isOwn = (path: string): boolean => paths.includes(path)
const found = (): string[] => paths.map(path => readFileSync(join(path, 'content'), 'utf8'))
const everything = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort()
const whole = [
  'data',
  'data/a',
  'data/a/content',
  'models',
  'models/b',
  'models/b/content',
  'models/c',
  'models/c/content',
]

test('all are replaced, and nothing else is left', async () => {
  await put('old')
  await put('new')
  expect(found()).toEqual(['new', 'new', 'new'])
  expect(everything()).toEqual(whole)
})

test('an error while writing leaves the old ones and nothing else', async () => {
  await put('old')
  const failed = replaceTogether(note, paths, async staged => {
    writeFileSync(staged(paths[0]), 'half')
    throw new Error('disk full')
  })
  await expect(failed).rejects.toThrow('disk full')
  expect(found()).toEqual(['old', 'old', 'old'])
  expect(everything()).toEqual(whole)
})

test('a crash between the moves is finished by the next reader', async () => {
  await put('old')
  const dead = startVictim(['--version'])
  await dead.wait()
  const moves = ['../data/a', 'b', 'c'].map(to => ({ from: `${to}.${dead.pid}.tmp-0a1b2c3d`, to }))
  for (const path of paths.slice(1)) {
    mkdirSync(`${path}.${dead.pid}.tmp-0a1b2c3d`)
    writeFileSync(join(`${path}.${dead.pid}.tmp-0a1b2c3d`, 'content'), 'new')
  }
  writeFileSync(join(paths[0], 'content'), 'new')
  rmSync(paths[1], { recursive: true })
  writeFileSync(note, JSON.stringify({ pid: dead.pid, moves }))
  finishReplacing(note, isOwn)
  expect(found()).toEqual(['new', 'new', 'new'])
  expect(everything()).toEqual(whole)
})

test('a crash while the note is written, or its place is tried, leaves nothing behind', async () => {
  await put('old')
  const trial = startVictim([
    '--input-type=module',
    '--eval',
    `import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    fs.rmdirSync = () => process.kill(process.pid, 'SIGKILL')
    syncBuiltinESMExports()
    const { checkFilePlace } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/files/place.ts'))})
    checkFilePlace(${JSON.stringify(note)})`,
  ])
  await trial.wait()
  expect(everything()).toHaveLength(whole.length + 1)
  writeFileSync(`${note}.${trial.pid}.tmp-0a1b2c3d`, '{"pid":')
  await put('new')
  expect(everything()).toEqual(whole)
})

test('a reader finds all of the new side after a crash, and moves nothing', async () => {
  await put('old')
  const dead = startVictim(['--version'])
  await dead.wait()
  const moves = ['../data/a', 'b'].map(to => ({ from: `${to}.${dead.pid}.tmp-0a1b2c3d`, to }))
  mkdirSync(`${paths[1]}.${dead.pid}.tmp-0a1b2c3d`)
  writeFileSync(note, JSON.stringify({ pid: dead.pid, moves }))
  const before = everything()
  expect(paths.map(path => placeNow(note, path))).toEqual([paths[0], `${paths[1]}.${dead.pid}.tmp-0a1b2c3d`, paths[2]])
  expect(everything()).toEqual(before)
})

test('a note leads nowhere but where its reader writes anyway: it moves nothing and is named', async () => {
  await put('old')
  const dead = startVictim(['--version'])
  await dead.wait()
  const mine = join(folder, 'mine')
  writeFileSync(mine, 'mine')
  writeFileSync(`${mine}.${dead.pid}.tmp-0a1b2c3d`, 'evil')
  const staged = (to: string) => ({ from: `${to}.${dead.pid}.tmp-0a1b2c3d`, to })
  const notes: [string, unknown][] = [
    ['other files too (../mine)', { pid: dead.pid, moves: [staged('../mine')] }],
    [`other files too (${mine})`, { pid: dead.pid, moves: [staged(mine)] }],
    ['other files too', { pid: dead.pid, moves: [staged('b'), staged('b/../../mine')] }],
    ['is no note', { pid: dead.pid, moves: [{ from: '../mine', to: 'b' }] }],
    ['is no note', { pid: dead.pid, moves: [{ from: `../mine.${dead.pid}.tmp-0a1b2c3d`, to: 'b' }] }],
    ['is no note', { pid: dead.pid, moves: [{ from: `b.${dead.pid}.tmp-0a1b2c3d/../../mine`, to: 'b' }] }],
    ['is no note', { pid: '..', moves: [{ from: 'b.(..).tmp', to: 'b' }] }],
    ['is no note', { pid: dead.pid, moves: [{ from: 1, to: 2 }] }],
    ['is no note', { pid: `${dead.pid}`, moves: [staged('b')] }],
    ['is no note', { pid: dead.pid }],
    ['is no note', null],
  ]
  const before = everything()
  for (const [why, text] of notes) {
    writeFileSync(note, JSON.stringify(text))
    for (const work of [() => finishReplacing(note, isOwn), () => put('new')])
      await expect(Promise.resolve().then(work), JSON.stringify(text)).rejects.toThrow(why)
    rmSync(note)
    expect(everything()).toEqual(before)
    expect(readFileSync(mine, 'utf8')).toBe('mine')
  }
  symlinkSync(mine, note)
  expect(() => placeNow(note, paths[0])).toThrow('is no note')
})

test('what a living process is at is left to it', async () => {
  await put('old')
  const text = JSON.stringify({ pid: process.ppid, moves: [{ from: `b.${process.ppid}.tmp-0a1b2c3d`, to: 'b' }] })
  writeFileSync(note, text)
  finishReplacing(note, isOwn)
  expect(readFileSync(note, 'utf8')).toBe(text)
})

test('two readers that finish the same crash at once lose nothing', async () => {
  const dead = startVictim(['--version'])
  await dead.wait()
  const reader = `
    import { existsSync } from 'node:fs'
    import { finishReplacing } from ${JSON.stringify(join(import.meta.dirname, '../../src/files/together.ts'))}
    const begin = Number(process.argv[1])
    for (let round = 0; round < 40; round++) {
      while (Date.now() < begin + 25 * round);
      finishReplacing(${JSON.stringify(folder)} + '/' + round + '/replacing.json', () => true)
    }`
  const rounds = Array.from({ length: 40 }, (_, round) => join(folder, `${round}`))
  const names = ['a', 'b', 'c']
  for (const round of rounds) {
    for (const [age, name] of ['', `.${dead.pid}.tmp-0a1b2c3d`].flatMap(age => names.map(name => [age, name]))) {
      mkdirSync(join(round, `${name}${age}`), { recursive: true })
      writeFileSync(join(round, `${name}${age}`, 'content'), age === '' ? 'old' : 'new')
    }
    const moves = names.map(name => ({ from: `${name}.${dead.pid}.tmp-0a1b2c3d`, to: name }))
    writeFileSync(join(round, 'replacing.json'), JSON.stringify({ pid: dead.pid, moves }))
  }
  const begin = `${Date.now() + 1500}`
  const readers = [1, 2].map(() => startVictim(['--input-type=module', '--eval', reader, begin]))
  for (const one of readers) expect(await one.wait(), one.log()).toEqual({ code: 0, signal: null })
  for (const round of rounds) {
    expect(readdirSync(round).sort()).toEqual(names)
    for (const name of names) expect(readFileSync(join(round, name, 'content'), 'utf8')).toBe('new')
  }
})

test('killed at ten moments: all old or all new, and the next one leaves nothing behind', async () => {
  const writer = `
    import { mkdirSync, writeFileSync } from 'node:fs'
    import { join } from 'node:path'
    import { replaceTogether } from ${JSON.stringify(join(import.meta.dirname, '../../src/files/together.ts'))}
    const paths = ${JSON.stringify(paths)}
    for (let i = 0; ; i++) {
      await replaceTogether(${JSON.stringify(note)}, paths, async staged => {
        for (const path of paths) {
          mkdirSync(staged(path))
          writeFileSync(join(staged(path), 'content'), String(i))
        }
      })
      if (i === 0) console.error('{"msg":"ready"}')
    }`
  const script = join(folder, 'writer.mjs')
  for (let kill = 0; kill < 10; kill++) {
    writeFileSync(script, writer)
    const victim = startVictim([script])
    await expect.poll(() => victim.readyAfter(), { timeout: 30_000, interval: 1 }).not.toBeNull()
    const [before] = found0()
    await expect.poll(() => found0()[0] !== before, { timeout: 30_000, interval: 1 + kill }).toBe(true)
    await victim.kill9()
    finishReplacing(note, isOwn)
    expect(new Set(found()).size, `kill ${kill}: ${found()}`).toBe(1)
  }
  rmSync(script)
  await put('last')
  expect(found()).toEqual(['last', 'last', 'last'])
  expect(everything()).toEqual(whole)
})

/** What the first path holds, while another process replaces it. */
function found0(): [string | null] {
  try {
    return [readFileSync(join(paths[0], 'content'), 'utf8')]
  } catch {
    return [null]
  }
}
