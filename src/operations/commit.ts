import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The git commit of the checkout that this code runs from; null where it is none, or git is not there. */
export function commitOfCode(): string | null {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { status, stdout } = spawnSync('git', ['-C', root, 'rev-parse', '--show-prefix', 'HEAD'], { encoding: 'utf8' })
  // A prefix says that the checkout is somebody else's, which this code only lies in.
  return status === 0 ? (/^\n([0-9a-f]{40,64})\n$/.exec(stdout)?.[1] ?? null) : null
}
