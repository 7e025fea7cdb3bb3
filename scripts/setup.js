// Plain JavaScript for Node 20: installs the locked packages, Node 24 among them, when the lock file has changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { takeLock } from './setup_lock.js'

const wanted = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(process.platform + process.arch)
  .digest('hex')
const stamp = 'node_modules/.spike60-lock'
const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted

if (!isInstalled()) {
  const lock = await takeLock()
  if (!isInstalled()) install(lock)
  lock.close()
}

function install(lock) {
  console.error('Installing packages (once, a minute or less) …')
  const ci = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  // npm holds the lock, too: it may go on when this process is killed.
  const held = lock._handle?.fd > 2 ? lock._handle.fd : 'ignore'
  const stdio = ['ignore', 2, 2, held]
  const npm = process.env.npm_execpath
  const result = npm
    ? spawnSync(process.env.npm_node_execpath ?? process.execPath, [npm, ...ci], { stdio })
    : spawnSync('npm', ci, { stdio, shell: process.platform === 'win32' })
  if (result.status !== 0) {
    console.error('npm ci failed: see above; check the network and run the same command again')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}
