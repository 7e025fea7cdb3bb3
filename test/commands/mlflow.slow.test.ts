import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { readAcknowledgements } from '../../src/tracking/journal.ts'
import { isListening } from '../../src/tracking/port.ts'
import { recordRuns } from '../../src/tracking/tracker.ts'
import { emptyRun } from '../fixtures/empty_run.ts'
import { freePorts } from '../harness/free_ports.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'

const script = fileURLToPath(new URL('../../scripts/mlflow.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-mlflow-command-'))
const { lacks } = await findPython()
const journal = join(folder, 'mlruns')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run mlflow', () => {
  test('serves, replays the journal, prints the link, says when the port is taken, and leaves nothing running after Ctrl-C', {
    ...needs(lacks),
    timeout: 300_000,
  }, async () => {
    const record = {
      id: 'one',
      name: 'one',
      started_at: 1,
      ended_at: 2,
      ...emptyRun,
    }
    await recordRuns([record], { experiment: 'command', journal })
    const [port] = await freePorts(1)
    const store = join(folder, 'store')
    const { child, answer } = await start(['--port', String(port), '--store', store])
    expect(answer).toMatchObject({
      sent: 1,
      link: expect.stringContaining(`http://127.0.0.1:${port}/#/experiments/`),
      warnings: [],
    })
    expect(readAcknowledgements(join(journal, 'journal/one'))).toMatchObject([{ uri: `http://127.0.0.1:${port}` }])

    const elsewhere = await run(['--port', String(port), '--store', join(folder, 'other')])
    expect(elsewhere).toMatchObject({ code: 2, err: expect.stringMatching(/port \d+ on 127.0.0.1 is taken/) })

    const ended = once(child, 'exit')
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(await isListening(port)).toBe(false)
  })

  test('a second start uses the server that is there, also one whose starter was killed', {
    ...needs(lacks),
    timeout: 300_000,
  }, async () => {
    const store = join(folder, 'killed')
    const [port] = await freePorts(1)
    const { child, answer } = await start(['--port', String(port), '--store', store])
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    const [other] = await freePorts(1)
    const again = await run(['--port', String(other), '--store', store])
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(`"sent":0`) })
    expect(again.out).toContain(answer.link)
    const [, group] = /runs on .* already \(process group (\d+); kill -- -\1 ends it\)/.exec(again.err) ?? []
    process.kill(-Number(group), 'SIGKILL')
    await expect.poll(() => isListening(port), { timeout: 20_000 }).toBe(false)
  })

  /** Starts the command and waits for its JSON line. */
  async function start(options: string[]): Promise<{ child: ChildProcess; answer: { link: string } }> {
    const child = spawn(process.execPath, [script, ...options, '--journal', journal, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGTERM'))
    let printed = ''
    let told = ''
    child.stderr.on('data', data => {
      told += data
    })
    for await (const data of child.stdout) {
      printed += data
      if (printed.includes('"warnings"')) break
    }
    expect(printed, told).toContain('"warnings"')
    return { child, answer: JSON.parse(printed.trim().split('\n').at(-1)!) }
  }

  /** Runs the command to its end. */
  function run(options: string[]): Promise<{ code: number | null; out: string; err: string }> {
    return new Promise(resolve => {
      const child = execFile(process.execPath, [script, ...options, '--journal', journal, '--json'], (_, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      )
    })
  }

  test.each([
    [['--port', '0'], /--port takes a whole number from 1 to 65535/],
    [['--port', '70000'], /--port takes a whole number from 1 to 65535/],
    [['--send'], /--send needs MLFLOW_TRACKING_URI/],
    [['--stor', 'x'], /unknown option '--stor'.*--store/],
  ])('%j ends with 2 and one line', (args, fault) => {
    const env = { ...process.env, MLFLOW_TRACKING_URI: '' }
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env })
    expect(stderr).toMatch(fault)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(status).toBe(2)
  })
})
