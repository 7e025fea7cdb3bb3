import { readConfig } from '../src/config.ts'
import { Engines } from '../src/core/features/engines.ts'
import { RowCollector } from '../src/core/features/rows.ts'
import { digestOf } from '../src/stores/digest.ts'
import { daySeconds, simulateDays, simulatedStart } from './simulated_days.ts'

/** argv: `day` or `week`. Prints one JSON object. */
const config = readConfig()
const settings = { ...config.time, ...config.features }
function measureDay(): void {
  const rows = new RowCollector()
  const engines = new Engines(settings, { row: (product, time, values) => rows.add(product, time, values) })
  for (const event of simulateDays(1)) engines.push(event)
  const table = rows.takeTable()
  const digest = digestOf(table)
  const rss = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(JSON.stringify({ rows: table.rows, digest, rss }))
}

function measureWeek(): void {
  let rows = 0
  const engines = new Engines(settings, { row: () => void rows++ })
  const used: number[] = []
  let next = simulatedStart + daySeconds * 1e6
  for (const event of simulateDays(7)) {
    if (event.time >= next) {
      used.push(usedMiB())
      next += daySeconds * 1e6
    }
    engines.push(event)
  }
  used.push(usedMiB())
  console.log(JSON.stringify({ rows, used }))
}

function usedMiB(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return Math.round(((heapUsed + arrayBuffers) / 2 ** 20) * 100) / 100
}

if (process.argv[2] === 'day') measureDay()
else measureWeek()
