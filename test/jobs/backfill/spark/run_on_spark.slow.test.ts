/** Chunks on Spark: the digest of replay, whatever befalls its workers. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { backfill } from '../../../../src/jobs/backfill/run.ts'
import { replay } from '../../../../src/jobs/replay/replay.ts'
import { simulatedCapture } from '../../../fixtures/simulated_captures.ts'
import { needs } from '../../../harness/needs.ts'
import { findPython } from '../../../harness/python.ts'

const config = readConfig()
// A name that a shell, and SQL, would read as more than a name.
const folder = mkdtempSync(join(tmpdir(), "spike60 it's $HOME-"))
const archive = join(folder, 'archive')
const java = spawnSync('java', ['-version']).status === 0 ? null : 'Java is not on the path'
const { lacks } = java === null ? await findPython('spark') : { lacks: java }
const options = { workers: 2, spark: 'local[2,4]', chunk: 600, config }

afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(folder, { recursive: true }))

/** Workers do this when they would say that a chunk is done; its rows are written then. */
function insteadOfAnEnd(code: string): void {
  const script = join(folder, `${Math.random()}.mjs`)
  writeFileSync(
    script,
    `import fs from 'node:fs'\nconst write = process.stdout.write.bind(process.stdout)\nprocess.stdout.write = text => { ${code} }`,
  )
  vi.stubEnv('NODE_OPTIONS', `--import=${new URL(`file://${encodeURI(script)}`)}`)
}

describe('workers on Spark', needs(lacks), () => {
  let digest: string
  beforeAll(async () => {
    const raw = [simulatedCapture('simulated-bronze').path]
    digest = (await replay({ raw, out: join(folder, 'replayed.parquet'), config })).digest
    await backfill({
      workers: 2,
      chunk: 86_400,
      config,
      from: { raw },
      keepArchive: archive,
      out: join(folder, 'first'),
    })
  })

  it('of which one is killed and one ends early with exit code 0 give the digest of replay', async () => {
    const first = (name: string, then: string): string =>
      `try { fs.mkdirSync(${JSON.stringify(join(folder, name))}); ${then} } catch (e) { if (e.code !== 'EEXIST') throw e }`
    insteadOfAnEnd(
      `${first('killed', "process.kill(process.pid, 'SIGKILL')")}\n${first('early', 'process.exit(0)')}\nreturn write(text)`,
    )
    const result = await backfill({ ...options, from: { archive }, out: join(folder, 'spark') })
    expect([existsSync(join(folder, 'killed')), existsSync(join(folder, 'early'))]).toEqual([true, true])
    expect(result.digest).toBe(digest)
    expect(result.chunks).toBeGreaterThan(4)
  })

  it('that never finish a chunk end the back-fill, and nothing stands there', async () => {
    insteadOfAnEnd('process.exit(0)')
    const out = join(folder, 'never')
    const failing = backfill({ ...options, chunk: 86_400, from: { archive }, out })
    await expect(failing).rejects.toMatchObject({
      code: 'CHECK_FAILED',
      message: expect.stringMatching(/on Spark: its workers ended early/),
    })
    expect(existsSync(out)).toBe(false)
  })
})
