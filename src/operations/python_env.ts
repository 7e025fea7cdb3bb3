import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { withLock } from '../files/lock.ts'

export interface PythonEnv {
  /** The interpreter. */
  python: string
  /** The folder of `mlflow`, `jupyter` and the other commands. */
  bin: string
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const privateUv = at('.cache/uv')
const uvVersion = '0.13.9'
const binFolder = process.platform === 'win32' ? 'Scripts' : 'bin'

/** Environments by their folder in docker/, and how large they are. */
const sizes = { python: '1.2 GB', spark: '350 MB', stores: '220 MB', oracles: '80 MB' }

/**
 * A locked Python environment, `docker/python/.venv` or one of its own beside it, made or renewed with uv when its requirements.lock changed.
 * uv itself is taken from the path, else put into `.cache/uv`. One process makes it, others wait.
 * @throws SpikeError TOOL_MISSING that says which of Python, uv or the packages could not be had, and why.
 */
export async function ensurePythonEnv(name: keyof typeof sizes = 'python'): Promise<PythonEnv> {
  const folder = `docker/${name}`
  const lockFile = at(`${folder}/requirements.lock`)
  const venv = at(`${folder}/.venv`)
  const stamp = join(venv, 'spike60.stamp')
  const bin = join(venv, binFolder)
  const env = { python: join(bin, 'python'), bin }
  // Scripts of an environment hold its path: where a checkout links another's, the path is that one's.
  const stampOf = () => createHash('sha256').update(realpathSync(venv)).update(readFileSync(lockFile)).digest('hex')
  const isReady = () => existsSync(env.python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf()
  if (isReady()) return env
  await withLock(at('.cache/python_env.db'), 900_000, async () => {
    if (isReady()) return
    console.error(`making the Python environment ${folder}/.venv (${sizes[name]}, some seconds to a few minutes, once)`)
    const uv = findUv()
    rmSync(stamp, { force: true })
    must(uv, ['venv', '--quiet', '--clear', '--python', '3.11', venv], 'Python 3.11; install it, or let uv download it')
    must(
      uv,
      ['pip', 'sync', '--quiet', '--require-hashes', '--python', env.python, lockFile],
      `the packages of ${folder}/requirements.lock; check the network`,
    )
    await writeFileAtomically(stamp, stampOf())
  })
  return env
}

function findUv(): string {
  const own = join(privateUv, binFolder, 'uv')
  for (const uv of ['uv', own]) if (run(uv, ['--version']) === null) return uv
  const python = ['python3.11', 'python3', 'python'].find(name => run(name, ['-c', 'import venv, ensurepip']) === null)
  if (!python)
    throw new SpikeError(
      'TOOL_MISSING',
      'neither uv nor a Python 3 with venv was found on the path; install uv, or Python 3.11 with its venv module',
    )
  must(python, ['-m', 'venv', '--clear', privateUv], 'a private environment for uv')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${uvVersion}`]
  must(join(privateUv, binFolder, 'python'), pip, `uv ${uvVersion}; check the network, or install uv yourself`)
  return own
}

function must(file: string, args: string[], what: string): void {
  const fault = run(file, args)
  if (fault !== null) throw new SpikeError('TOOL_MISSING', `could not get ${what} (${file} ${args[0]}: ${fault})`)
}

/** Null when the command succeeded, else the last line it printed. */
function run(file: string, args: string[]): string | null {
  const { error, status, stderr } = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (error) return error.message
  if (status === 0) return null
  return stderr.trim().split('\n').at(-1)?.trim() || `ended with ${status}`
}
