import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeAtomically } from '../../../src/files/atomic.ts'
import { withLock } from '../../../src/files/lock.ts'

const cache = fileURLToPath(new URL('../../../.cache/prometheus', import.meta.url))

export interface Prometheus {
  prometheus: string
  promtool: string
}

/** Prometheus's programs; where they cannot be had, why not. */
export async function findPrometheus(): Promise<{ tools: Prometheus | null; lacks: string | null }> {
  try {
    return { tools: await installPrometheus(), lacks: null }
  } catch (error) {
    return { tools: null, lacks: (error as Error).message }
  }
}

/**
 * Prometheus and its promtool: those of the path, else out of Debian's package `prometheus`, which is downloaded and unpacked
 * into `.cache` the first time, not installed. Processes that ask at once wait for the first.
 * @throws Error that says what is missing.
 */
function installPrometheus(): Promise<Prometheus> {
  const tools = ['prometheus', 'promtool']
  if (tools.every(isOnPath)) return Promise.resolve({ prometheus: 'prometheus', promtool: 'promtool' })
  const found = { prometheus: join(cache, 'prometheus'), promtool: join(cache, 'promtool') }
  return withLock(`${cache}.db`, 280_000, async () => {
    if (!existsSync(cache)) await writeAtomically(cache, unpack)
    return found
  })
}

const isOnPath = (name: string): boolean => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0

function unpack(target: string): void {
  for (const tool of ['apt-get', 'dpkg-deb'])
    if (!isOnPath(tool)) throw new Error(`neither prometheus nor ${tool} is on the path; install Debian's prometheus`)
  const folder = mkdtempSync(join(tmpdir(), 'spike60-prometheus-'))
  try {
    const download = () => spawnSync('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder, encoding: 'utf8' })
    let result = download()
    if (result.status !== 0) {
      spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
      result = download()
    }
    const [file] = globSync('prometheus_*.deb', { cwd: folder })
    if (result.status !== 0 || file === undefined)
      throw new Error(`apt-get download prometheus failed: ${result.stderr.trim().split('\n').at(-1)}`)
    execFileSync('dpkg-deb', ['-x', file, 'unpacked'], { cwd: folder })
    mkdirSync(target, { recursive: true })
    for (const tool of ['prometheus', 'promtool'])
      copyFileSync(join(folder, 'unpacked/usr/bin', tool), join(target, tool))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
