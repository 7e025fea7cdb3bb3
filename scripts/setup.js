// Plain JavaScript for Node 20: installs the locked packages, Node 24 among them, when the lock file has changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const lock = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(process.platform + process.arch)
  .digest('hex')
const stamp = 'node_modules/.spike60-lock'

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('Installing packages (once, a minute or less) …')
  const ci = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  const result = npm
    ? spawnSync(process.env.npm_node_execpath ?? process.execPath, [npm, ...ci], { stdio: ['ignore', 2, 2] })
    : spawnSync('npm', ci, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (result.status !== 0) {
    console.error('npm ci failed: see above; check the network and run the same command again')
    process.exit(1)
  }
  writeFileSync(stamp, lock)
}
