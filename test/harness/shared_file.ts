import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Path of a shared file (`reference/golden/x.json`, `captures/y.gz`), null where it is absent; under CI=true an error. */
export function findShared(path: string): string | null {
  const file = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url))
  if (existsSync(file)) return file
  if (process.env.CI === 'true') throw new Error(`${path} is absent, and CI must not skip`)
  console.warn(`SKIPPED what needs ${path}: the file is absent`)
  return null
}

/** The numbers of a reference program, null where they are absent. */
export function readGolden(name: string) {
  const file = findShared(`reference/golden/${name}`)
  return file === null ? null : JSON.parse(readFileSync(file, 'utf8'))
}
