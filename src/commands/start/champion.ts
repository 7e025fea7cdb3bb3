import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import type { Micros } from '../../core/events/event.ts'
import { goodFor } from '../../core/models/split/session_length.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { deskPaths, runPaths } from '../../run_paths.ts'
import type { Streams } from '../../streams/port.ts'
import { chooseModel } from '../../tracking/base_model.ts'
import { loadModel } from '../../tracking/model_folder.ts'
import { type KeepOptions, runOnce } from './keep_running.ts'
import { configOf } from './parts.ts'
import { recorded } from './recorded.ts'

export interface ChampionOptions extends Pick<KeepOptions, 'logFile' | 'stop' | 'onState'> {
  config: Config
  configFile?: string
  out: string
  streams: Streams
  products: number
}

const lookMs = 10_000

/**
 * The folder whose champion scores: that of the desk's own training, else of a training here, else of one that is made once enough
 * is recorded. Says meanwhile how much is lacking. Writes down until when the model's rows go: what it says of these is no
 * forecast. @returns null where it was told to stop before.
 */
export async function findChampion(options: ChampionOptions): Promise<string | null> {
  const { out, streams, config, stop, onState, products } = options
  const folders = [join(out, runPaths.models), runPaths.models]
  while (!stop.aborted) {
    const folder = folders.find(folder => modelIn(folder) !== null)
    if (folder !== undefined) {
      if (!existsSync(join(out, deskPaths.champion))) await noteChampion(out, modelIn(folder)!)
      return folder
    }
    const span = await recorded(streams, config.topics.raw.name)
    const seconds = span === null ? 0 : (span.to - span.from) / 1e6
    const { to_test } = goodFor({ seconds, products }, config)
    if (to_test > 0) onState('waits', `a model is trained after ${Math.ceil(to_test / 60)} more minutes of market`)
    else await trainChampion(options, span!.to)
    await delay(lookMs, undefined, { signal: stop }).catch(() => {})
  }
  return null
}

function modelIn(folder: string): string | null {
  if (!existsSync(folder)) return null
  try {
    return chooseModel(folder)
  } catch (error) {
    if (error instanceof SpikeError) return null
    throw error
  }
}

async function trainChampion(options: ChampionOptions, until: Micros): Promise<void> {
  const { out, configFile, logFile, stop, onState } = options
  const rows = join(out, deskPaths.rows)
  const steps = [
    ['replay', '--raw', join(out, deskPaths.raw, '*.ndjson'), '--out', rows, ...configOf(configFile)],
    ['train', '--features', rows, '--out', out, ...configOf(configFile)],
  ]
  for (const args of steps) {
    onState('waits', 'a model is being trained on what has been recorded')
    const code = await runOnce({ name: args[0], does: 'trains', args }, logFile, stop)
    if (code !== 0 && !stop.aborted)
      onState('waits', `${args[0]} ended with ${code}: see ${logFile}; it is tried again`)
    if (code !== 0) return
  }
  const model = modelIn(join(out, runPaths.models))
  if (model !== null) await noteChampion(out, model, until)
}

/** @param until microseconds; where its training rows end when absent. */
export async function noteChampion(out: string, folder: string, until?: Micros): Promise<void> {
  const { name, simulated, trained_on, threshold } = loadModel(folder)
  const trained_until = until === undefined ? Date.parse(trained_on.to) / 1000 : until / 1e6
  const champion = { name, simulated, trained_until, threshold }
  await writeFileAtomically(join(out, deskPaths.champion), `${JSON.stringify(champion)}\n`)
}
