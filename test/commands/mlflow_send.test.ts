import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { recordRuns } from '../../src/tracking/tracker.ts'
import { emptyRun } from '../fixtures/empty_run.ts'
import { startHostileMlflow } from '../harness/hostile_mlflow.ts'

test('a server that says back the login it was sent shows it to nobody: one line, exit 1, the journal kept', async () => {
  const journal = mkdtempSync(join(tmpdir(), 'spike60-send-'))
  onTestFinished(() => rmSync(journal, { recursive: true, force: true }))
  const run = { id: 'one', name: 'one', started_at: 1, ended_at: 2, ...emptyRun }
  await recordRuns([run], { experiment: 'x', journal })
  const password = 'ge"h ei/m'
  const { uri } = await startHostileMlflow({
    'runs/search': (outgoing, incoming) => {
      const said = Buffer.from((incoming.headers.authorization ?? '').slice(6), 'base64').toString()
      outgoing.writeHead(500).end(JSON.stringify({ message: `${said} and ${incoming.headers.authorization}, again` }))
    },
  })
  const env = {
    ...process.env,
    MLFLOW_TRACKING_URI: uri,
    MLFLOW_TRACKING_USERNAME: 'me',
    MLFLOW_TRACKING_PASSWORD: password,
  }
  const { code, out, err } = await new Promise<{ code: number; out: string; err: string }>(done =>
    execFile(
      process.execPath,
      ['scripts/mlflow.ts', '--send', '--json', '--journal', journal],
      { env },
      (error, out, err) => done({ code: error === null ? 0 : Number(error.code), out, err }),
    ),
  )
  expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 1, lines: 1 })
  expect(err).toMatch(/runs\/search was answered with 500 : me:\*\*\* and Basic \*\*\*, again/)
  expect(JSON.parse(out.trim().split('\n').at(-1)!).warnings).toEqual([
    expect.stringMatching(/me:\*\*\* and Basic \*\*\*/),
  ])
  expect(readdirSync(join(journal, 'journal/one'))).toEqual(['run.json'])
})
