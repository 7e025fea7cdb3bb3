import { parentPort, workerData } from 'node:worker_threads'
import { walkTraining } from '../../core/models/judge/training_walk.ts'

// what `walkBeside` starts: one walk-forward, one answer
parentPort!.postMessage(walkTraining(workerData.table, workerData.config))
