import { parentPort, workerData } from 'node:worker_threads'
import { walkTraining } from '../../core/models/judge/training_walk.ts'
import type { WalkMessage } from './walk_beside.ts'

// what `walkBeside` starts: one walk-forward, what it is doing, one answer
const send = (message: WalkMessage): void => parentPort!.postMessage(message)
send({ report: walkTraining(workerData.table, workerData.config, (...told) => send({ told })) })
