import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { finishReplacing, replaceTogether } from '../../src/files/together.ts'
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
  const moves = ['../data/a', 'b', 'c'].map(to => ({ from: `${to}.${dead.pid}.tmp`, to }))
  for (const path of paths.slice(1)) {
    mkdirSync(`${path}.${dead.pid}.tmp`)
    writeFileSync(join(`${path}.${dead.pid}.tmp`, 'content'), 'new')
  }
  writeFileSync(join(paths[0], 'content'), 'new')
  rmSync(paths[1], { recursive: true })
  writeFileSync(note, JSON.stringify({ pid: dead.pid, moves }))
  finishReplacing(note)
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
  writeFileSync(`${note}.${trial.pid}.tmp`, '{"pid":')
  await put('new')
  expect(everything()).toEqual(whole)
})

test('what a living process is at is left to it', async () => {
  await put('old')
  const text = JSON.stringify({ pid: process.ppid, moves: [{ from: 'x', to: 'b' }] })
  writeFileSync(note, text)
  finishReplacing(note)
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
      finishReplacing(${JSON.stringify(folder)} + '/' + round + '/replacing.json')
    }`
  const rounds = Array.from({ length: 40 }, (_, round) => join(folder, `${round}`))
  const names = ['a', 'b', 'c']
  for (const round of rounds) {
    for (const [age, name] of ['', `.${dead.pid}.tmp`].flatMap(age => names.map(name => [age, name]))) {
      mkdirSync(join(round, `${name}${age}`), { recursive: true })
      writeFileSync(join(round, `${name}${age}`, 'content'), age === '' ? 'old' : 'new')
    }
    const moves = names.map(name => ({ from: `${name}.${dead.pid}.tmp`, to: name }))
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
    finishReplacing(note)
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
