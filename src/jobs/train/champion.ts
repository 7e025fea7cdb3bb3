import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { type Evaluation, parseEvaluation } from '../../core/models/judge/evaluation.ts'
import { recipesOf } from '../../core/models/recipes/all.ts'
import { SpikeError } from '../../errors.ts'
import { keepOthersFolder } from '../../files/keep_others.ts'
import { kindOf } from '../../files/place.ts'
import { readText } from '../../files/read_text.ts'
import { placeNow, replaceTogether } from '../../files/together.ts'
import { besideFeatures, runPaths } from '../../run_paths.ts'
import { loadModel, replacingNote } from '../../tracking/model_folder.ts'
import { finishFormerTraining, tablesBeside } from './files.ts'

/** The model that is meant where none is named, and what its training found. */
export interface Champion {
  evaluation: Evaluation
  artifact: Artifact
  /** Its model folder. */
  folder: string
}

/**
 * The champion of a folder. What a command that was killed had still to put in its place is put there first.
 * @throws SpikeError BAD_FILE where there is none, or for files of others among those that would be replaced.
 */
export async function findChampion(out: string): Promise<Champion> {
  const path = join(out, runPaths.evaluation)
  refuseOtherFormer(out)
  const now = placeNow(join(out, runPaths.models, replacingNote), path)
  if (kindOf(now) !== 'file')
    throw new SpikeError(
      'BAD_FILE',
      `${join(out, runPaths.models)}: holds no models of a training; train first (npm run train), or name another folder with --out`,
    )
  await finishFormerTraining({ features: join(out, parseEvaluation(readText(now), path).source.file), out })
  return championIn(path)
}

/** The champion that the last move replaced. @throws SpikeError BAD_FILE where none was. */
export function findFormer(out: string): Champion {
  const path = join(out, runPaths.former, basename(runPaths.evaluation))
  if (kindOf(path) !== 'file')
    throw new SpikeError('BAD_FILE', `${join(out, runPaths.former)}: keeps no former champion; retrain has moved none`)
  return championIn(path)
}

function championIn(path: string): Champion {
  const evaluation = parseEvaluation(readText(path), path)
  const name = recipesOf('training').find(recipe => recipe.name === evaluation.base)?.name
  if (name === undefined)
    throw new SpikeError('BAD_FILE', `${path}: its base '${evaluation.base}' is no recipe of this program; train again`)
  const folder = join(dirname(path), name)
  return { evaluation, artifact: loadModel(folder), folder }
}

/** What a training in `out` on these features leaves: evaluation, model folders, segments and predictions. */
function placesOf(out: string, features: string): string[] {
  const folders = recipesOf('training').map(({ name }) => join(out, runPaths.models, name))
  return [join(out, runPaths.evaluation), ...folders, ...tablesBeside(features)]
}

function championFeatures(out: string): string {
  const evaluation = join(out, runPaths.evaluation)
  return join(out, parseEvaluation(readText(evaluation), evaluation).source.file)
}

/**
 * Where rows of raw data may be put: beside the champion's, and neither these nor the former champion's, which are still asked for.
 */
export function freeRows(out: string): string {
  const former = join(out, runPaths.former, basename(runPaths.evaluation))
  const taken = [join(out, runPaths.evaluation), ...(existsSync(former) ? [former] : [])].map(path =>
    resolve(out, parseEvaluation(readText(path), path).source.file),
  )
  const folder = dirname(championFeatures(out))
  return [1, 2, 3].map(i => join(folder, `recorded-${i}.parquet`)).find(path => !taken.includes(resolve(path)))!
}

/**
 * Puts the training that lies in another folder into its places in `out`, and what it replaces into the folder of the former
 * champion: all of it or nothing, whatever happens in between.
 * @param from where each of its files and folders lies now.
 */
async function replaceChampion(out: string, from: Map<string, string>): Promise<void> {
  const models = resolve(out, runPaths.models)
  const former = join(out, runPaths.former)
  const replaced = new Set([...from.keys()].map(path => resolve(path)))
  const kept = placesOf(out, championFeatures(out)).filter(
    path => existsSync(path) && (dirname(resolve(path)) === models || replaced.has(resolve(path))),
  )
  await replaceTogether(join(out, runPaths.models, replacingNote), [...from.keys(), former], async staged => {
    for (const [to, place] of from) cpSync(place, staged(to), { recursive: true })
    mkdirSync(staged(former))
    for (const path of kept) cpSync(path, join(staged(former), basename(path)), { recursive: true })
  })
}

/** Makes a training that was written to another folder the champion of `out`; `rollBack` undoes it. */
export async function promote(out: string, features: string, challenger: string): Promise<void> {
  const there = placesOf(challenger, join(challenger, basename(features)))
  const moves = placesOf(out, features).map((to, i): [string, string] => [to, there[i]])
  await replaceChampion(out, new Map(moves.filter(([, place]) => existsSync(place))))
}

/** Lets champion and former champion change places, so that a second time undoes the first. */
export async function rollBack(out: string): Promise<void> {
  const former = join(out, runPaths.former)
  const features = join(out, findFormer(out).evaluation.source.file)
  const beside = dirname(championFeatures(out))
  const moves = placesOf(out, features)
    .filter(to => !tablesBeside(features).includes(to) || dirname(features) === beside)
    .map((to): [string, string] => [to, join(former, basename(to))])
  await replaceChampion(out, new Map(moves.filter(([, place]) => existsSync(place))))
}

/** @throws SpikeError BAD_FILE where the folder of the former champion holds something else. */
export function refuseOtherFormer(out: string): void {
  const own = [runPaths.evaluation, ...Object.values(besideFeatures(''))].map(path => basename(path))
  const known = [...own, ...recipesOf('training').map(({ name }) => name)]
  const folder = join(out, runPaths.former)
  keepOthersFolder(folder, 'a former champion', () => readdirSync(folder).every(name => known.includes(name)))
}
