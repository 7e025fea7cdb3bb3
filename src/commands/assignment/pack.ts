import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Zippable, zipSync } from 'fflate'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { checkFilePlace } from '../../files/place.ts'
import { runPaths } from '../../run_paths.ts'
import { projectRoot } from './rubric.ts'

/** Of the run: place there, and the assignment's name where it has another. */
const ofRun: Record<string, string> = {
  'data/processed/*.parquet': '',
  [`${runPaths.models}/**`]: '',
  [`${runPaths.reports}/*.{pdf,html}`]: '',
  [`${runPaths.reports}/eda.ipynb`]: 'notebooks/eda.ipynb',
  [`${runPaths.drift}/*`]: '',
  [runPaths.modelCard]: 'docs/model_card_v1.md',
  [`${runPaths.handoff}/**`]: '',
  'docs/genai_appendix.md': '',
}

/** Of the project, where the run has none of its own. */
const ofProject = [
  ...['README.md', 'config.yaml', '.env.example', 'package.json', 'package-lock.json', 'LICENSE', 'tsconfig*.json'],
  ...['docker/*.*', 'docker/prometheus/*', 'docker/python/{pyproject.toml,uv.lock}', 'bin/*', 'src/**'],
  ...['scripts/*', 'features/*', 'models/*.ts', 'notebooks/*.ipynb', 'notebooks/deno/*', 'docs/*.{md,pdf}'],
]

/** Already packed well. */
const dense = /\.(parquet|png|pdf|zip|gz)$/

/**
 * Packs a run under the assignment's names. Raw data stays where it is: ten minutes of it are in the hand-off.
 * @returns how many files.
 * @throws SpikeError BAD_ARGUMENT where the file is there already.
 */
export async function packAssignment(run: string, file: string): Promise<number> {
  refuseTaken(file)
  const names = new Map<string, string>()
  for (const [pattern, name] of Object.entries(ofRun))
    for (const path of filesOf(run, pattern)) names.set(name || path, join(run, path))
  for (const pattern of ofProject)
    for (const path of filesOf(projectRoot, pattern)) if (!names.has(path)) names.set(path, join(projectRoot, path))
  const entries: Zippable = {}
  for (const [name, path] of [...names].sort())
    entries[`spike60/${name}`] = [readFileSync(path), { level: dense.test(name) ? 0 : 6, mtime: statSync(path).mtime }]
  await writeFileAtomically(file, zipSync(entries))
  return names.size
}

/** @throws SpikeError BAD_ARGUMENT, BAD_FILE where nothing can be written. */
export function refuseTaken(file: string): void {
  if (existsSync(file))
    throw new SpikeError('BAD_ARGUMENT', `--zip ${file}: is there already; move it away, or name another file`)
  checkFilePlace(file, `--zip ${file}`)
}

function filesOf(folder: string, pattern: string): string[] {
  return globSync(pattern, { cwd: folder }).filter(path => statSync(join(folder, path)).isFile())
}
