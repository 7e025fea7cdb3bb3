/**
 * Preloaded with `--import`: ends its own process as a crash would, in the middle of the n-th write of a kind that
 * FATAL_WRITE names (`record 137`), so that the moment is exact where a signal from outside would seldom meet it.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync, StatementSync } from 'node:sqlite'

const [kind, count] = (process.env.FATAL_WRITE ?? ' 0').split(':')
let left = Number(count)

function die(): void {
  if (--left === 0) process.kill(process.pid, 'SIGKILL')
}

/** Statements after which the process dies, its transaction open. */
const statements: Record<string, RegExp> = {
  topic: /^\s*INSERT OR IGNORE INTO topics/i,
  epoch: /^\s*INSERT INTO writers/i,
  record: /^\s*INSERT INTO records/i,
  position: /^\s*INSERT OR REPLACE INTO committed/i,
  end: /^\s*UPDATE ends/i,
}

for (const name of ['run', 'get'] as const) {
  const original = StatementSync.prototype[name] as (...values: unknown[]) => unknown
  Object.defineProperty(StatementSync.prototype, name, {
    value(this: StatementSync, ...values: unknown[]) {
      const result = original.apply(this, values)
      if (statements[kind]?.test(this.sourceSQL)) die()
      return result
    },
  })
}

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  const isCommit = sql === 'COMMIT'
  if (isCommit && kind === 'before commit') die()
  exec.call(this, sql)
  if (kind === 'tables' && /CREATE TABLE topics/.test(sql)) die()
  if (isCommit && kind === 'after commit') die()
}

/** Of what is written to bronze a part arrives: half of it, all but the last line end, or up to the middle or end of a line. */
const parts: Record<string, (data: Buffer) => number> = {
  bronze: data => Math.ceil(data.length / 2),
  'bronze but the line end': data => data.length - 1,
  answer: data => middleOf(data, ',"frame":{"trades"'),
  'answer whole': data =>
    middleOf(data, ',"frame":{"trades"') && data.indexOf('\n', middleOf(data, ',"frame":{"trades"')) + 1,
  mark: data => middleOf(data, ',"control":"filled"'),
}

/** A little behind where the text begins; 0 where it is not. */
function middleOf(data: Buffer, text: string): number {
  const at = data.indexOf(text)
  return at < 0 ? 0 : at + 20
}

const { writeSync, renameSync } = fs
fs.writeSync = ((descriptor: number, data: Uint8Array | string, at?: number) => {
  const length = data instanceof Uint8Array && kind in parts ? parts[kind](Buffer.from(data)) : 0
  if (length > 0 && data instanceof Uint8Array && --left === 0) {
    writeSync(descriptor, data, at ?? 0, length - (at ?? 0))
    process.kill(process.pid, 'SIGKILL')
  }
  return typeof data === 'string' ? writeSync(descriptor, data) : writeSync(descriptor, data, at)
}) as typeof writeSync
fs.renameSync = (from, to) => {
  if (kind === 'rename') die()
  renameSync(from, to)
}
syncBuiltinESMExports()
