import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'

/** Before each test of a file, a folder of its own and what the command has printed so far: nothing. Both go after it. */
export function inFolder(name: string): { folder: string; said: string[] } {
  const here = { folder: '', said: [] as string[] }
  beforeEach(() => {
    here.folder = mkdtempSync(join(tmpdir(), `spike60-${name}-`))
    here.said = []
    for (const method of ['error', 'log'] as const)
      vi.spyOn(console, method).mockImplementation(line => here.said.push(String(line)))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = 0
    rmSync(here.folder, { recursive: true })
  })
  return here
}
