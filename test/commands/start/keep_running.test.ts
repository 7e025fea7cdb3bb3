import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'spike60-parts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const module = new URL('../../../src/commands/start/keep_running.ts', import.meta.url)
const starter = `
const [logFile, ...args] = process.argv.slice(1)
const { keepRunning } = await import('${module}')
const part = { name: args[0], does: '', args }
await keepRunning({ part, logFile, stop: new AbortController().signal, onState() {} })
`

test.each([
  ['simulate', '--port', '0', '--speed', '1'],
  ['serve', '--port', '0', '--topics', `embedded://${join(folder, 'log.db')}`],
])(
  'a part, %s, ends with the process that started it, killed by SIGKILL as it may be',
  async (...args) => {
    const logFile = join(folder, `${args[0]}.log`)
    const parent = spawn(process.execPath, ['--input-type=module', '-e', starter, logFile, ...args], {
      stdio: 'ignore',
    })
    const address = await vi.waitFor(
      () => {
        const [, found] = /(?:ws|http):\/\/(127\.0\.0\.1:\d+)/.exec(
          existsSync(logFile) ? readFileSync(logFile, 'utf8') : '',
        )!
        return `http://${found}/`
      },
      { timeout: 30_000, interval: 100 },
    )
    await fetch(address)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await vi.waitFor(() => expect(fetch(address)).rejects.toThrow(), { timeout: 10_000, interval: 100 })
  },
  60_000,
)
