import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { walkTraining } from '../../core/models/judge/training_walk.ts'
import type { Told } from './walk_beside.ts'

// what `walkBeside` starts: one walk-forward, what it is doing, one answer
const told = workerData.told as MessagePort
const tell = (...where: Told): void => told.postMessage(where)
parentPort!.postMessage(walkTraining(workerData.table, workerData.config, tell))
told.close()
