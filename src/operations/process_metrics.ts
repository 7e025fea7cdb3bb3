import { readdirSync } from 'node:fs'
import { counter, gauge, type Metric } from './metrics.ts'

/** What every job shows of its process. */
export function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage()
  return [
    gauge('process_resident_memory_bytes', 'Memory that it holds.', process.memoryUsage.rss()),
    gauge('process_open_files', 'Files and sockets that it holds open; Linux only.', ...openFiles()),
    counter('process_cpu_seconds_total', 'Processor time spent.', (user + system) / 1e6),
    gauge('process_start_timestamp_seconds', 'When it was started.', Date.now() / 1000 - process.uptime()),
  ]
}

function openFiles(): number[] {
  try {
    return [readdirSync('/proc/self/fd').length]
  } catch {
    return []
  }
}
