import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { tickerFrames } from '../../fixtures/run_folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-dead-file-'))
  const lines = [...tickerFrames(2).map(({ text }) => text), 'garbage']
  writeFileSync(join(folder, 'raw.ndjson'), lines.map(line => `${line}\n`).join(''))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('dead letters replace those of the replay before, and nothing else, also not through a link', async () => {
  const options = { raw: [join(folder, 'raw.ndjson')], out: join(folder, 'f.parquet'), config: readConfig() }
  const dead = join(folder, 'f.dead.ndjson')
  for (let time = 0; time < 2; time++) expect((await replay(options)).deadFile).toBe(dead)
  expect(JSON.parse(readFileSync(dead, 'utf8'))).toMatchObject({ reason: 'not_json', bytes: 'garbage' })
  const mine = join(folder, 'mine')
  writeFileSync(mine, 'years of work')
  rmSync(dead)
  symlinkSync(mine, dead)
  await expect(replay(options)).rejects.toMatchObject({
    exit: 2,
    faults: [`${dead}: is no file of dead letters and would be replaced by one; move it away`],
  })
  expect(readFileSync(mine, 'utf8')).toBe('years of work')
})
