import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-one-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** From a folder of a user's own. */
function spike60(...args: string[]): { code: number | null; out: string; err: string } {
  const own = [join(root, 'bin/spike60.js'), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, own, { cwd: folder, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr.trim() }
}

const help = spike60('--help')
const listed = [...help.out.matchAll(/^ {2}([a-z0-9]+) {2,}[A-Za-z]/gm)].map(([, name]) => name)
const { scripts, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
  version: string
}
/** What `npm run` calls a door for; `docs` is for the project itself, `bench` no command. */
const doors = Object.keys(scripts).filter(name => /^node (?:scripts|features|models)\/\w+\.ts$/.test(scripts[name]))

describe('spike60', () => {
  test('lists its commands by group, each that npm run has', () => {
    expect(help.out.match(/^\w+:$/gm)).toEqual([
      'Options:',
      'Start:',
      'Capture:',
      'Features:',
      'Models:',
      'Signals:',
      'Operate:',
      'Example:',
    ])
    expect(doors.filter(name => !listed.includes(name))).toEqual(['docs'])
    expect({ ...spike60(), err: '' }).toEqual(help)
  })

  test('says its version, and what was meant by a mistyped command', () => {
    expect(spike60('--version').out).toBe(`${version}\n`)
    expect(spike60('trian')).toEqual({
      code: 2,
      out: '',
      err: "spike60: unknown command 'trian' (Did you mean train?) (see spike60 --help)",
    })
  })

  test('a command runs in the folder of its user, and speaks of others by the names they have here', () => {
    const settled = spike60('settle')
    expect(settled.code).toBe(2)
    expect(settled.err).toMatch(/^spike60 settle: data\/streams\.db: there is no topic log/)
    expect(spike60('report').err).toContain('; write it with spike60 train')
  })

  test('--help of a command is its own, with an example as it is typed', () => {
    const { code, out } = spike60('train', '--help')
    expect(code).toBe(0)
    expect(out).toMatch(/^Usage: spike60 train \[options\]/)
    expect(out).toMatch(/Example:\n {2}spike60 train --features /)
  })

  test('a shell completes commands and, of each, options', () => {
    const { out } = spike60('completion', 'bash')
    const complete = (...words: string[]): string[] => {
      const script = `spike60() { '${process.execPath}' '${join(root, 'bin/spike60.js')}' "$@"; }
${out}
COMP_WORDS=(spike60 ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _spike60; echo "\${COMPREPLY[@]}"`
      return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split(' ')
    }
    expect(complete('tra')).toEqual(['train'])
    expect(complete('train', '--fe')).toEqual(['--features'])
    expect(spike60('completion', 'tcsh')).toMatchObject({ code: 2, out: '' })
  })
})
