import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { besideFeatures, deskPaths, runPaths } from '../../run_paths.ts'
import { type KeepOptions, runOnce } from './keep_running.ts'
import { configOf } from './parts.ts'

export interface TrainingProfileOptions extends Pick<KeepOptions, 'logFile' | 'stop' | 'onState'> {
  configFile?: string
  out: string
  /** The folder of the champion, which says whose training it was. */
  models: string
}

/** Makes the profile of the rows of a training, where there is none of it yet. @returns whether there is one. */
export async function profileTraining(options: TrainingProfileOptions): Promise<boolean> {
  const { out, models, configFile, logFile, stop, onState } = options
  const isOwn = models === join(out, runPaths.models)
  const rows = besideFeatures(isOwn ? join(out, deskPaths.rows) : runPaths.features).train
  const profile = join(out, deskPaths.profile)
  if (!existsSync(rows)) {
    onState('ended', `${rows} is not there: nothing to compare rows with`)
    return existsSync(profile)
  }
  if (existsSync(profile) && statSync(profile).mtimeMs >= statSync(rows).mtimeMs) return true
  onState('waits', 'the rows of the training are being profiled')
  const args = ['drift', '--save-profile', profile, '--reference', rows, ...configOf(configFile)]
  const code = await runOnce({ name: 'drift', does: 'profiles the rows of the training', args }, logFile, stop)
  if (code !== 0 && !stop.aborted) onState('ended', `the profile ended with ${code}: see ${logFile}`)
  return code === 0
}
