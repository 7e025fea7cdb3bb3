#!/usr/bin/env node
// Plain JavaScript for Node 20: finds the Node and the code that `spike60` runs with, in a checkout or installed from npm.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isCheckout = existsSync(join(root, 'package-lock.json'))
const isOld = Number(process.versions.node.split('.')[0]) < 24

if (isCheckout) {
  const setup = spawnSync(process.execPath, ['scripts/setup.js'], { cwd: root, stdio: 'inherit' })
  if (setup.status !== 0) process.exit(setup.status ?? 1)
  const own = join(root, 'node_modules/.bin/node')
  const args = [join(root, 'src/commands/spike60.ts'), ...process.argv.slice(2)]
  // By the fourth, a channel, the command notices that this process is gone.
  const child = spawn(isOld ? own : process.execPath, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  // A terminal's Ctrl-C reaches both; a second one would end a job in the middle of its work.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128)
  })
} else if (isOld) {
  console.error(`spike60: needs Node 24, this is ${process.version}; install Node 24`)
  process.exitCode = 1
} else await import(pathToFileURL(join(root, 'dist/commands/spike60.js')).href)
