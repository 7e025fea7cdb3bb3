import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Config } from '../../config.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import type { walkTraining } from '../../core/models/judge/training_walk.ts'
import type { Tell } from '../../core/models/tell.ts'

type TrainingWalk = ReturnType<typeof walkTraining>

export type WalkMessage = { told: Parameters<Tell> } | { report: TrainingWalk }

export interface WalkBeside {
  report: Promise<TrainingWalk>
  /** Ends it, whether or not it is done; then `report` may reject. */
  stop(): Promise<void>
}

/** `walkTraining` on a core of its own, while this one trains; it works on a copy of the table, so the result is the same. */
export function walkBeside(table: FeatureTable, config: Config, tell: Tell): WalkBeside {
  const worker = new Worker(new URL(`./walk_worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { table, config },
  })
  const report = new Promise<TrainingWalk>((resolve, reject) => {
    worker.on('message', (message: WalkMessage) => {
      if ('told' in message) tell(`${message.told[0]}, ${message.told.slice(1).join(' of ')}`)
      else resolve(message.report)
    })
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the walk-forward's thread ended early, with ${code}`)))
  })
  // a training that fails first never asks for it
  report.catch(() => {})
  return {
    report,
    async stop() {
      await worker.terminate()
    },
  }
}
