import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'spike60-full-'))
afterAll(() => rmSync(folder, { recursive: true }))

const script = fileURLToPath(new URL('../../src/commands/spike60.ts', import.meta.url))
const klines = fileURLToPath(new URL('../fixtures/golden/klines_synthetic.csv.gz', import.meta.url))

/** Files of at most so many KiB: what a full disk is to a file that is being written, for one process alone. */
function run(kibibytes: number, ...args: string[]) {
  const line = `ulimit -f ${kibibytes}; exec "$0" "$@"`
  return spawnSync('bash', ['-c', line, process.execPath, script, ...args], { cwd: folder, encoding: 'utf8' })
}

test.each([
  ['sentiment', 'scores.json', ['--texts', 'texts.json', '--out', 'scores.json']],
  ['signals', 'rows.parquet', ['--klines', klines, '--out', 'rows.parquet']],
  ['signals', 'report/signals.pdf', ['--klines', klines, '--report', 'report']],
])('%s on a full disk leaves the former %s and says so in one line', (command, out, args) => {
  mkdirSync(join(folder, 'report'), { recursive: true })
  writeFileSync(join(folder, 'texts.json'), JSON.stringify(Array(300).fill('good')))
  expect(run(10_000, command, ...args).stderr).toBe('')
  const [before, names] = [readFileSync(join(folder, out)), readdirSync(folder, { recursive: true })]
  const { status, stderr } = run(4, command, ...args)
  expect(status).toBe(1)
  expect(stderr).toMatch(
    new RegExp(`^spike60 ${command}: .*${out}: the file would be larger than it may be; raise the limit.*\n$`),
  )
  expect(readFileSync(join(folder, out))).toEqual(before)
  expect(readdirSync(folder, { recursive: true })).toEqual(names)
})
