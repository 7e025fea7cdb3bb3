/**
 * `spike60/replay`: files to rows and back, in Node 24 and newer: saved market data, Parquet, model folders.
 * @module
 */
export { parseConfig, readConfig } from '../config.ts'
export { SpikeError } from '../errors.ts'
export { type ReplayOptions, type ReplayResult, replay } from '../jobs/replay/replay.ts'
export { readRaw } from '../market/bronze/raw.ts'
export { readEvents } from '../market/decode/events.ts'
export { digestOf } from '../stores/digest.ts'
export { readTable, writeTable } from '../stores/parquet.ts'
export { loadModel } from '../tracking/model_folder.ts'
