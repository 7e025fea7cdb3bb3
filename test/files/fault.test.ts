import { mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemFault } from '../../src/files/fault.ts'
import { lacksLinux, needs } from '../harness/needs.ts'

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a full disk asks for room, whoever met it', () => {
  const system = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  })
  const sqlite = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  const duckdb = new Error('IO Error: Could not write file "/x/f.parquet.tmp": No space left on device')
  for (const error of [system, sqlite, duckdb])
    expect(systemFault(error)).toEqual({
      line: expect.stringContaining('no space left on the disk; make room'),
      exit: 1,
    })
})

test('a lock or log that SQLite cannot open is told with what to do', () => {
  const error = Object.assign(new Error('unable to open database file'), {
    code: 'ERR_SQLITE_ERROR',
    path: '/x/lock.db',
  })
  expect(systemFault(error)).toEqual({
    line: '/x/lock.db: unable to open database file; make its folder writable, or raise the limit of open files (ulimit -n)',
    exit: 1,
  })
})

test('a device that is full is one', needs(lacksLinux), () => {
  expect(systemFault(thrownBy(() => writeFileSync('/dev/full', 'x')))).toMatchObject({ exit: 1 })
})

test('a place that cannot be had is named, and is bad input', () => {
  const folder = tmpdir()
  const file = join(folder, `spike60-fault-${process.pid}`)
  writeFileSync(file, '')
  onTestFinished(() => rmSync(file))
  for (const work of [
    () => openSync(join(folder, 'no-such-folder', 'x'), 'r'),
    () => mkdirSync(join(file, 'under-a-file')),
    () => writeFileSync(folder, 'x'),
  ])
    expect(systemFault(thrownBy(work))).toEqual({
      line: expect.stringMatching(/^\/.* cannot be .* \(E[A-Z]+\); name another/),
      exit: 2,
    })
})

test('a fault of the program is none of these', () => {
  expect(systemFault(new TypeError('x is undefined'))).toBeNull()
  expect(systemFault(Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeNull()
  expect(systemFault('text')).toBeNull()
})
