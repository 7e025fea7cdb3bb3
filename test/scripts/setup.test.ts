import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url))
let folder: string
let running: ChildProcess[]

/** Stands in for npm: says when it begins and for what, takes a while, empties node_modules as `npm ci` does, and says when it ends. */
const standIn = `
import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
appendFileSync('log', process.argv.includes('--omit=dev') ? 'begins without dev\\n' : 'begins\\n')
rmSync('node_modules', { recursive: true, force: true })
while (!existsSync('go')) await new Promise(done => setTimeout(done, 20))
mkdirSync('node_modules')
appendFileSync('log', 'ends\\n')
`

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-setup-'))
  running = []
  mkdirSync(join(folder, 'scripts'))
  for (const name of ['setup.js', 'setup_lock.js']) cpSync(join(scripts, name), join(folder, 'scripts', name))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  writeFileSync(join(folder, 'npm.js'), standIn)
})
afterEach(async () => {
  writeFileSync(join(folder, 'go'), '')
  for (const child of running) child.kill('SIGKILL')
  await delay(100)
  rmSync(folder, { recursive: true, force: true })
})

function setup(...options: string[]): { child: ChildProcess; said(): string; ended: Promise<number | null> } {
  const env = { ...process.env, npm_execpath: join(folder, 'npm.js'), npm_node_execpath: process.execPath }
  const child = spawn(process.execPath, ['scripts/setup.js', ...options], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let said = ''
  child.stderr!.on('data', data => {
    said += data
  })
  return { child, said: () => said, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

const log = (): string => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '')
const poll = { timeout: 20_000 }

test('of several at once one installs; the others wait and find it done', async () => {
  const all = [setup('--all'), setup('--all'), setup('--all')]
  await expect.poll(() => all.filter(({ said }) => said().includes('waiting for it')).length, poll).toBe(2)
  await expect.poll(log, poll).toBe('begins\n')
  writeFileSync(join(folder, 'go'), '')
  expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([0, 0, 0])
  expect(log()).toBe('begins\nends\n')
  expect(await setup('--all').ended).toBe(0)
  expect(log()).toBe('begins\nends\n')
})

test('when the owner is killed, its npm is waited for, then the next one takes over', async () => {
  const first = setup('--all')
  await expect.poll(log, poll).toBe('begins\n')
  const second = setup('--all')
  await expect.poll(second.said, poll).toContain('waiting for it')
  first.child.kill('SIGKILL')
  await first.ended
  await delay(300)
  if (process.platform !== 'win32') expect(log()).toBe('begins\n')
  writeFileSync(join(folder, 'go'), '')
  expect(await second.ended).toBe(0)
  await expect.poll(() => log().match(/begins/g)?.length, poll).toBe(2)
  if (process.platform !== 'win32') expect(log()).toBe('begins\nends\nbegins\nends\n')
})

test('what the commands need is enough for them, and all of it is for tests; all is enough for both', async () => {
  writeFileSync(join(folder, 'go'), '')
  const ran = [await setup().ended, await setup('--all').ended, await setup('--all').ended, await setup().ended]
  expect(ran).toEqual([0, 0, 0, 0])
  expect(log()).toBe('begins without dev\nends\nbegins\nends\n')
})

test('an installation that fails ends with 1, and gives the lock back', async () => {
  writeFileSync(join(folder, 'npm.js'), 'process.exit(7)')
  expect(await setup('--all').ended).toBe(1)
  writeFileSync(join(folder, 'npm.js'), standIn)
  writeFileSync(join(folder, 'go'), '')
  expect(await setup('--all').ended).toBe(0)
  expect(log()).toBe('begins\nends\n')
})
