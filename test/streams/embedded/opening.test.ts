import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { openStreams } from '../../../src/streams/open.ts'
import { startVictim } from '../../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-opening-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a log that another process is about to begin is waited for', async () => {
  const path = join(folder, 'begun.db')
  const holder = startVictim([
    '--input-type=module',
    '--eval',
    `import { DatabaseSync } from 'node:sqlite'
    const database = new DatabaseSync(${JSON.stringify(path)})
    database.exec('CREATE TABLE passing (x); DROP TABLE passing; BEGIN IMMEDIATE')
    console.log('holds')
    setTimeout(() => database.exec('COMMIT'), 200)`,
  ])
  await expect.poll(() => holder.out(), { timeout: 60_000 }).toContain('holds')
  const streams = await openStreams(`embedded://${path}`)
  await streams.createTopics([{ name: 'topic', partitions: 1 }])
  await streams.close()
  expect(await holder.wait(), holder.log()).toEqual({ code: 0, signal: null })
})

test('several processes may begin a log at the same moment', async () => {
  const child = fileURLToPath(new URL('../../harness/opening_child.ts', import.meta.url))
  const begin = `${Date.now() + 1500}`
  const processes = [1, 2, 3].map(() => startVictim([child, folder, '40', begin]))
  for (const one of processes) expect(await one.wait(), one.log()).toEqual({ code: 0, signal: null })
})
