import { setFlagsFromString } from 'node:v8'

/**
 * Records live for milliseconds, and a collector that knows it costs next to nothing. But a burst of them, as when a job
 * catches up, teaches V8 to put such objects into the old space from then on, where each dead one keeps what it points to
 * until the next full collection: 380 bytes a record were seen to pile up, with pauses of 20 ms and marking on all cores.
 * So V8 is told not to learn that (`--no-allocation-site-pretenuring`), and to mark with one helper thread.
 */
export function suitCollectorToRecords(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
  setFlagsFromString('--concurrent-marking-max-worker-num=1')
}
