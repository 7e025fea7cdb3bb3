import { extname } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Config } from '../../config.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import type { walkTraining } from '../../core/models/judge/training_walk.ts'
import type { Tell } from '../../core/models/tell.ts'
import type { Say } from '../../operations/progress.ts'

type TrainingWalk = ReturnType<typeof walkTraining>

/** Where the walk stands. */
export type Told = Parameters<Tell>

export interface WalkBeside {
  report: Promise<TrainingWalk>
  /** Where it stands, in a few words; empty before it has said anything. Also while this thread has had no turn. */
  standing(): string
  /** From here on it is the walk that is told of, with how long it will take. */
  follow(say: Say): void
  /** Ends it, whether or not it is done; then `report` may reject. */
  stop(): Promise<void>
}

/** `walkTraining` on a core of its own, while this one trains; it works on a copy of the table, so the result is the same. */
export function walkBeside(table: FeatureTable, config: Config): WalkBeside {
  const began = performance.now()
  const { port1: told, port2 } = new MessageChannel()
  const worker = new Worker(new URL(`./walk_worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { table, config, told: port2 },
    transferList: [port2],
  })
  let last: Told | null = null
  const report = new Promise<TrainingWalk>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the walk-forward's thread ended early, with ${code}`)))
  })
  // a training that fails first never asks for it
  report.catch(() => {})
  return {
    report,
    standing() {
      for (let found = receiveMessageOnPort(told); found !== undefined; found = receiveMessageOnPort(told))
        last = found.message
      return last === null ? '' : `${last[0]}, ${last.slice(1).join(' of ')}`
    },
    follow(say) {
      const tell = ([what, done, of]: Told): void => say(what, done, of, began)
      if (last !== null) tell(last)
      told.on('message', tell)
      told.unref()
    },
    async stop() {
      told.close()
      await worker.terminate()
    },
  }
}
