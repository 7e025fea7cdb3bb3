import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Package {
  version: string
  integrity?: string
  resolved?: string
  license?: string
  hasInstallScript?: boolean
  link?: boolean
}
/** The project's own packages, and what is installed when it is first needed. */
const folders = ['', 'scripts/node24/', 'notebooks/deno/']
const lockOf = (folder: string) =>
  JSON.parse(read(`${folder}package-lock.json`)) as { packages: Record<string, Package> }
const manifestOf = (folder: string) =>
  JSON.parse(read(`${folder}package.json`)) as Partial<
    Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
  >
const packages = folders.flatMap(folder => Object.entries(lockOf(folder).packages)).filter(([path]) => path !== '')
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Licences that let everybody use, change and pass on; MPL-2.0 asks for changes of its own files only. */
const licences = ['MIT', 'Apache-2.0', 'MIT OR Apache-2.0', 'ISC', 'BSD-3-Clause', '0BSD', 'Unlicense', 'MPL-2.0']

describe('packages of npm', () => {
  test('each is locked by a SHA-512 of its bytes, none by an address', () => {
    const faulty = packages.filter(
      ([, { integrity, resolved, link }]) => !integrity?.startsWith('sha512-') || resolved !== undefined || link,
    )
    expect(faulty.map(([path]) => path)).toEqual([])
    for (const folder of folders) expect(read(`${folder}package-lock.json`)).not.toMatch(/https?:\/\/registry|\.tgz/)
  })

  test('ours are pinned to one version, and the lock has that one', () => {
    for (const folder of folders) {
      const { dependencies, devDependencies, optionalDependencies } = manifestOf(folder)
      for (const [name, wanted] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
        expect(wanted, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
        expect(lockOf(folder).packages[`node_modules/${name}`].version, name).toBe(wanted)
      }
    }
  })

  test('no package needs a script when it is installed', () => {
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
    // npm does not run it unless it is allowed to, and Deno's own installer is called instead
    expect(scripted).toEqual(['deno'])
    expect(read('package.json')).not.toContain('allowScripts')
  })

  test('each has a licence of the list', () => {
    const others = packages.filter(([, { license }]) => !licences.includes(license ?? ''))
    expect(others.map(([path, { license }]) => `${nameOf(path)}: ${license}`)).toEqual([])
  })

  test('npm audit knows of nothing grave, where the registry answers it', context => {
    const { stdout } = spawnSync('npm', ['audit', '--json', '--audit=true'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      timeout: 25_000,
    })
    const answer = parsed(stdout)
    if (answer?.metadata === undefined)
      return context.skip(
        `the registry that npm is set to has no audit endpoint, or is out of reach (${answer?.statusCode ?? answer?.error?.code ?? 'no answer'})`,
      )
    const { high, critical } = answer.metadata.vulnerabilities
    expect({ high, critical }, 'see npm audit').toEqual({ high: 0, critical: 0 })
  })
})

interface Audit {
  metadata?: { vulnerabilities: { high: number; critical: number } }
  statusCode?: number
  error?: { code?: string }
}

function parsed(text: string | null): Audit | null {
  try {
    return JSON.parse(text ?? '') as Audit
  } catch {
    return null
  }
}

test('packages of Python are locked by version and hash, none by an address', () => {
  const requirements = read('docker/python/requirements.lock').replaceAll('\\\n', ' ').split('\n')
  const lines = requirements.filter(line => line.trim() !== '' && !line.startsWith('#'))
  expect(lines.length).toBeGreaterThan(20)
  expect(lines.filter(line => !/^[A-Za-z0-9._[\]-]+==\S+.*--hash=sha256:[0-9a-f]{64}/.test(line))).toEqual([])
  expect(lines.filter(line => /https?:|git\+|--(extra-)?index-url/.test(line))).toEqual([])
})
