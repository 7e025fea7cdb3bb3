import { parentPort, workerData } from 'node:worker_threads'
import { walkOwnFile } from '../../core/models/judge/own_walk.ts'

// what `walkBeside` starts: one walk-forward, one answer
parentPort!.postMessage(walkOwnFile(workerData.table, workerData.config))
