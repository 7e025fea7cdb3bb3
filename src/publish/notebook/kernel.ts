import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'

const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url))

/**
 * Installs Deno's kernel under `.cache/jupyter`, for this project alone (`deno jupyter --install` would write into the home
 * directory). The program is the locked package's own; packages come from node_modules, nothing from the network.
 * @returns the environment under which Jupyter finds the kernel and writes nothing outside `.cache`.
 * @throws SpikeError TOOL_MISSING when there is no Deno for this machine.
 */
export async function installKernel(): Promise<Record<string, string>> {
  const jupyter = join(cache, 'jupyter')
  const kernel = {
    argv: [findDeno(), 'jupyter', '--quiet', '--kernel', '--conn', '{connection_file}'],
    display_name: 'Deno',
    language: 'typescript',
  }
  await writeFileAtomically(join(jupyter, 'kernels/deno/kernel.json'), JSON.stringify(kernel))
  return {
    JUPYTER_DATA_DIR: jupyter,
    JUPYTER_CONFIG_DIR: join(jupyter, 'config'),
    JUPYTER_RUNTIME_DIR: join(jupyter, 'runtime'),
    IPYTHONDIR: join(jupyter, 'ipython'),
    DENO_DIR: join(cache, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
  }
}

function findDeno(): string {
  try {
    const { runInstall } = createRequire(import.meta.url)('deno/install_api.cjs') as { runInstall(): string }
    return runInstall()
  } catch (cause) {
    throw new SpikeError(
      'TOOL_MISSING',
      `no Deno for ${process.platform} ${process.arch} in node_modules; run npm ci, or use a machine that the npm package deno has a build for`,
      { cause },
    )
  }
}
