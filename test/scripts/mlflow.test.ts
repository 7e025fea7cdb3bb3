import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { readAcknowledgements } from '../../models/mlflow_journal.ts'
import { freePort, isListening } from '../../models/mlflow_server.ts'
import { recordRuns } from '../../models/tracker.ts'
import { findPython } from '../python.ts'

const script = fileURLToPath(new URL('../../scripts/mlflow.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-mlflow-command-'))
const python = await findPython('npm run mlflow with a real server')
const journal = join(folder, 'mlruns')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run mlflow', () => {
  test.skipIf(!python)(
    'serves, replays the journal, prints the link, and leaves nothing running after Ctrl-C',
    async () => {
      const run = {
        id: 'one',
        name: 'one',
        started_at: 1,
        ended_at: 2,
        params: {},
        metrics: [],
        tags: {},
        datasets: [],
        artifacts: [],
      }
      await recordRuns([run], { experiment: 'command', journal })
      const port = await freePort(0)
      const options = ['--port', String(port), '--store', join(folder, 'store'), '--journal', journal, '--json']
      const child = spawn(process.execPath, [script, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
      onTestFinished(() => void child.kill('SIGTERM'))
      const ended = once(child, 'exit')
      let printed = ''
      let told = ''
      child.stderr.on('data', data => {
        told += data
      })
      for await (const data of child.stdout) {
        printed += data
        if (printed.includes('"warnings"')) break
      }
      expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '{}'), told).toMatchObject({
        sent: 1,
        link: expect.stringContaining(`http://127.0.0.1:${port}/#/experiments/`),
        warnings: [],
      })
      expect(readAcknowledgements(join(journal, 'journal/one'))).toMatchObject([{ uri: `http://127.0.0.1:${port}` }])
      child.kill('SIGINT')
      expect(await ended).toEqual([0, null])
      expect(await isListening(port)).toBe(false)
    },
    180_000,
  )

  test.each([
    [['--port', '0'], /--port takes a whole number of at least 1/],
    [['--port', '70000'], /--port is at most 65535/],
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
