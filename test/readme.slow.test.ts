import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from './harness/free_ports.ts'
import { needs } from './harness/needs.ts'
import { findPython } from './harness/python.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { lacks } = await findPython()
const steps = /<!-- steps -->\n```\n([\s\S]*?)```/
  .exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]
  .trim()
  .split('\n')

/** A checkout of its own, so that nothing of this one is replaced; tools and packages are this one's. */
let checkout: string

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-readme-'))
  checkout = join(folder, 'spike60')
  execFileSync('git', ['clone', '-q', root, checkout])
  for (const path of ['node_modules', '.cache', 'docker/python/.venv'])
    if (existsSync(join(root, path))) symlinkSync(join(root, path), join(checkout, path))
})
afterAll(() => rmSync(join(checkout, '..'), { recursive: true, force: true }))

/** Runs a line of a shell. A server is ended once it says that it runs. */
function run(line: string): Promise<{ code: number | null; said: string }> {
  return new Promise(resolve => {
    const child = spawn('bash', ['-c', `exec ${line}`], { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        said += data
        if (said.includes('the server runs until Ctrl-C')) child.kill('SIGINT')
      })
    child.once('close', code => resolve({ code, said }))
  })
}

const digestIn = (said: string): string | undefined => /digest\s(?:replay\s+)?([0-9a-f]{64})/.exec(said)?.[1]

test("after the demo README's lines work as they stand, and leave the demo's rows whole", {
  ...needs(lacks),
  timeout: 900_000,
}, async () => {
  const demo = await run('node scripts/demo.ts')
  expect(demo, demo.said).toMatchObject({ code: 0 })
  expect(demo.said).toContain('Next:')
  const digest = /digest replay\s+([0-9a-f]{64})/.exec(demo.said)![1]
  const [port] = await freePorts(1)
  for (const step of steps) {
    // as npm does it, without its installation; on a port that is free
    const scripts = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).scripts as Record<string, string>
    const [, name, options = ''] = /^npm run (\w+)(?: -- (.*))?$/.exec(step)!
    const { code, said } = await run(`${scripts[name]} ${options}${name === 'mlflow' ? ` --port ${port}` : ''}`)
    expect({ step, code, said: code === 0 ? '' : said }).toEqual({ step, code: 0, said: '' })
    if (name === 'replay' || name === 'featurize') expect(digestIn(said), step).toBe(digest)
    if (name === 'settle') expect(said).toMatch(/model +settled/)
  }
})
