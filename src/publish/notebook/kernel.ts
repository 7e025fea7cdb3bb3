import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeFileAtomically } from '../../files/atomic.ts'
import { ensureDeno } from '../../operations/deno.ts'

const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url))

/**
 * Installs Deno's kernel under `.cache/jupyter`, for this project alone (`deno jupyter --install` would write into the home
 * directory). Packages that a notebook imports come from node_modules, nothing from the network.
 * @returns the environment under which Jupyter finds the kernel and writes nothing outside `.cache`.
 * @throws SpikeError TOOL_MISSING as `ensureDeno` does.
 */
export async function installKernel(): Promise<Record<string, string>> {
  const jupyter = join(cache, 'jupyter')
  const kernel = {
    argv: [await ensureDeno(), 'jupyter', '--quiet', '--kernel', '--conn', '{connection_file}'],
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
