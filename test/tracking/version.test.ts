import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { recordRuns } from '../../src/tracking/tracker.ts'
import { emptyRun } from '../fixtures/empty_run.ts'

const run = {
  id: 'one',
  name: 'one',
  started_at: 1,
  ended_at: 2,
  ...emptyRun,
}

/** What recording says of a server that answers /version with `text` and all else with 404; and what it was asked. */
async function recordedAt(text: string): Promise<{ warning: string | null; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '')
    outgoing.writeHead(incoming.url === '/version' ? 200 : 404).end(incoming.url === '/version' ? text : '{}')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const folder = mkdtempSync(join(tmpdir(), 'spike60-version-'))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  })
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { warning } = await recordRuns([run], { experiment: 'x', journal: folder, uri })
  return { warning, asked }
}

test('an MLflow before 3 is refused with one line and gets nothing', async () => {
  const { warning, asked } = await recordedAt('2.22.1')
  expect(warning).toMatch(/^http:\S+: is MLflow 2.22.1, 3.0 or newer is needed; nothing was sent/)
  expect(asked).toEqual(['/version'])
})

test('a server that does not say its version is asked on', async () => {
  const { asked } = await recordedAt('<html>')
  expect(asked.length).toBeGreaterThan(1)
})
