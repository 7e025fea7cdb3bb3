import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeFileAtomically } from '../../src/files/atomic.ts'
import { checkFilePlace, checkFolderPlace, makeFolder } from '../../src/files/place.ts'
import { lacksLinux, needs } from '../harness/needs.ts'
import { startVictim } from '../harness/victim.ts'

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'spike60-place-')))
  mkdirSync(join(folder, 'folder'))
  writeFileSync(join(folder, 'file'), 'precious')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a file can be made, replaced, or made in folders that are not there yet: nothing is left of the trial', () => {
  for (const name of ['new', 'file', 'a/b/c']) checkFilePlace(join(folder, name))
  for (const name of ['new', 'folder', 'a/b/c']) checkFolderPlace(join(folder, name))
  expect(readdirSync(folder).sort()).toEqual(['file', 'folder'])
  expect(readdirSync(join(folder, 'folder'))).toEqual([])
})

test('what a process that was killed left beside a place is taken away, what is of a living one or another file stays', async () => {
  const dead = startVictim(['--version'])
  await dead.wait()
  const inside = join(folder, 'folder')
  const [left, stays] = [
    `new.${dead.pid}.tmp-0a1b2c3d`,
    [`new.${process.ppid}.tmp-0a1b2c3d`, `newer.${dead.pid}.tmp-0a1b2c3d`, 'new.tmp', `new.${dead.pid}.tmpl`],
  ]
  for (const name of [`${left}.part-0`, ...stays]) writeFileSync(join(inside, name), '')
  for (const name of [`${left}aB3dE9`, `.spike60.${dead.pid}.tmp-0a1b2c3daB3dE9`]) mkdirSync(join(inside, name))
  writeFileSync(join(inside, left), 'half')
  checkFolderPlace(inside)
  await writeFileAtomically(join(inside, 'new'), 'whole')
  expect(readdirSync(inside).sort()).toEqual(['new', ...stays].sort())
  for (const name of readdirSync(inside)) rmSync(join(inside, name))
})

test('where none can be, that is said of the place as it was named', () => {
  const long = 'x'.repeat(300)
  const wrong: [string, RegExp][] = [
    ['', /^--out {2}: names no file$|^--out : names no file$/],
    [`${folder}/new/`, /names no file$/],
    [join(folder, 'folder'), /is a folder; name a file$/],
    [join(folder, 'file/below'), /cannot be written \(ENOTDIR\); name another place/],
    [join(folder, 'file/far/below'), /cannot be written \(ENOTDIR\); name another place/],
    [join(folder, long), /cannot be written \(ENAMETOOLONG\); name another place/],
  ]
  for (const [path, message] of wrong) expect(() => checkFilePlace(path, `--out ${path}`)).toThrow(message)
  expect(() => checkFolderPlace(join(folder, 'file'))).toThrow(/file: is no folder; name another place$/)
  expect(() => checkFolderPlace(join(folder, 'file/below'))).toThrow(/cannot be written \(ENOTDIR\)/)
  expect(readdirSync(folder).sort()).toEqual(['file', 'folder'])
})

test('a device, and a file system that takes nothing, are refused and left alone', needs(lacksLinux), async () => {
  for (const place of ['/dev/null', '/dev/full']) {
    expect(() => checkFilePlace(place)).toThrow('is a device or a pipe; name a file')
    expect(() => checkFolderPlace(place)).toThrow('is no folder')
  }
  const pipe = join(folder, 'pipe')
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
  await expect(writeFileAtomically(pipe, 'x')).rejects.toMatchObject({ code: 'BAD_FILE', exit: 2 })
  expect(statSync(pipe).isFIFO()).toBe(true)
  for (const place of ['/proc/x', '/proc/x/y/z', '/sys/x', '/dev/full/x']) {
    expect(() => checkFilePlace(place)).toThrow(/cannot be written \(E[A-Z]+\); name another place/)
    expect(() => checkFolderPlace(place)).toThrow(/cannot be written \(E[A-Z]+\); name another place/)
    await expect(writeFileAtomically(place, 'x')).rejects.toMatchObject({ code: 'BAD_FILE', exit: 2 })
  }
  expect(() => makeFolder('/proc/x/y')).toThrow(/ENOENT/)
})

test('folders are made one in the other; a file in the way is named', () => {
  makeFolder(join(folder, 'one/two/three'))
  makeFolder(join(folder, 'one/two/three'))
  expect(existsSync(join(folder, 'one/two/three'))).toBe(true)
  expect(() => makeFolder(join(folder, 'file/below'))).toThrow(/EEXIST|ENOTDIR/)
})

test('what a link points to is replaced, not the link', async () => {
  symlinkSync(join(folder, 'file'), join(folder, 'link'))
  await writeFileAtomically(join(folder, 'link'), 'new')
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new')
  expect(realpathSync(join(folder, 'link'))).toBe(join(folder, 'file'))
})
