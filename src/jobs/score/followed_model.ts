import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { SpikeError } from '../../errors.ts'
import { kindOf } from '../../files/place.ts'
import { chooseModel } from '../../tracking/base_model.ts'
import { loadModel } from '../../tracking/model_folder.ts'

/** The model of a scorer that stays up. A training, `retrain` or a rollback may replace its folder at any time. */
export class FollowedModel {
  current: Artifact
  /** Whether it is the champion of a training's folder, whatever its name, and not a model that was named. */
  readonly isChampion: boolean
  private readonly path: string
  private seen: string

  /**
   * @param path a model folder, or the folder of a training's models, which means its base.
   * @throws SpikeError BAD_FILE, BAD_MODEL where there is none to begin with.
   */
  constructor(path: string) {
    this.path = path
    const folder = chooseModel(path)
    this.isChampion = folder !== path
    this.seen = markOf(folder)
    this.current = loadModel(folder)
  }

  /**
   * Takes what lies there now, if it is another model; one that was named keeps its name, by which its scorer's place is kept.
   * What cannot be used is told once, and the former model goes on.
   */
  look(log?: Logger): void {
    try {
      const folder = chooseModel(this.path)
      const mark = markOf(folder)
      if (mark === this.seen) return
      const found = loadModel(folder)
      this.seen = mark
      if (isDeepStrictEqual(found, this.current)) return
      const told = { model: found.name, trained_until: found.trained_on.to }
      if (this.isChampion || found.name === this.current.name) {
        this.current = found
        log?.info(told, 'a new champion scores from here on')
      } else
        log?.warn(told, 'the folder holds a model of another name: the former one goes on; name the folder above it')
    } catch (error) {
      if (!(error instanceof SpikeError)) throw error
      const mark = `refused: ${error.message}`
      if (mark !== this.seen) log?.warn({ reason: error.message }, 'a new model cannot be used: the former one goes on')
      this.seen = mark
    }
  }
}

/** Another one for each writing of a model folder; nothing is read. */
function markOf(folder: string): string {
  const file = kindOf(folder) === 'folder' ? join(folder, 'model.json') : folder
  const found = statSync(file, { throwIfNoEntry: false })
  return `${file} ${found?.ino} ${found?.mtimeMs} ${found?.size}`
}
