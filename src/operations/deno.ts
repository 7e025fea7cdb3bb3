import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { withLock } from '../files/lock.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const locked = at('notebooks/deno')
const folder = at('.cache/deno_program')
const stamp = join(folder, 'installed')

/**
 * The path of the locked Deno, which npm puts into `.cache/deno_program` the first time it is asked for. One process installs it,
 * others wait.
 * @throws SpikeError TOOL_MISSING when npm cannot bring it, or when there is none for this machine.
 */
export async function ensureDeno(): Promise<string> {
  const wanted = readFileSync(join(locked, 'package-lock.json'), 'utf8')
  const isReady = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (!isReady())
    await withLock(at('.cache/deno_program.db'), 900_000, async () => {
      if (isReady()) return
      console.error('Installing Deno for the notebook (once, 92 MB) …')
      mkdirSync(folder, { recursive: true })
      for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(locked, name), join(folder, name))
      const npm = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', realpathSync(folder)]
      const shell = process.platform === 'win32'
      const { error, status, stderr } = spawnSync('npm', npm, { encoding: 'utf8', shell })
      const said = error?.message ?? stderr.trim().split('\n').at(-1)
      if (error || status !== 0)
        throw new SpikeError('TOOL_MISSING', `npm could not bring Deno (${said}); check the network and run it again`)
      await writeFileAtomically(stamp, wanted)
    })
  try {
    const { runInstall } = createRequire(stamp)('deno/install_api.cjs') as { runInstall(): string }
    return runInstall()
  } catch (cause) {
    const machine = `${process.platform} ${process.arch}`
    throw new SpikeError('TOOL_MISSING', `the npm package deno has no program for ${machine}; use another machine`, {
      cause,
    })
  }
}
