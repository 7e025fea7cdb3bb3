import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { entriesBelow, isInside, refuseLinksOut } from '../../src/files/inside.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'spike60-inside-')))
  mkdirSync(join(folder, 'run/reports/plots'), { recursive: true })
  mkdirSync(join(folder, 'other'))
  writeFileSync(join(folder, 'run/reports/a.pdf'), '')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a path lies inside only by parts that go down', () => {
  for (const path of ['a', 'a/b.c', '.hidden/..name', 'a b']) expect(isInside(path), path).toBe(true)
  for (const path of ['', '/a', '../a', 'a/../b', 'a/./b', 'a//b', 'a/', '..', '.', 'a\\..\\b'])
    expect(isInside(path), path).toBe(false)
})

test('folders that are written to, or handed on, hold no link out of them, at any depth; they may be links themselves', () => {
  const run = join(folder, 'run')
  symlinkSync(join(folder, 'run/reports'), join(folder, 'linked'))
  symlinkSync('../a.pdf', join(run, 'reports/plots/inner'))
  mkdirSync(join(run, 'models'))
  writeFileSync(join(run, 'models/m.json'), '{}')
  symlinkSync(join(run, 'models/m.json'), join(run, 'reports/models'))
  refuseLinksOut(run, ['reports', 'models'])
  expect(() => refuseLinksOut(run, ['reports'])).toThrow(/reports\/models: is a link that leads out/)
  refuseLinksOut(folder, ['linked', 'run/reports', 'run/models', 'none'])
  symlinkSync(join(folder, 'other'), join(run, 'reports/plots/out.svg'))
  symlinkSync(join(folder, 'nothing'), join(run, 'reports/dangling'))
  expect(() => refuseLinksOut(run, ['reports'])).toThrow(/out.svg: is a link that leads out of its folder/)
  expect(() => refuseLinksOut(run, ['reports'])).toThrow(/dangling: is a link that leads out of its folder/)
})

test('a walk names links and does not follow them', () => {
  symlinkSync(folder, join(folder, 'run/loop'))
  expect([...entriesBelow(join(folder, 'run'))].map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual([
    'loop link',
    'reports folder',
    'reports/a.pdf file',
    'reports/plots folder',
  ])
})
