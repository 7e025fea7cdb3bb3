import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { SpikeError } from '../src/errors.ts'
import { ArchiveWriter } from '../src/jobs/backfill/archive_writer.ts'
import { backfill } from '../src/jobs/backfill/run.ts'
import { command, runCommand, wholeNumber } from '../src/operations/command.ts'
import { daySeconds, simulateDays } from './simulated_days.ts'

interface Arguments {
  days: number
  rounds: number
  alone?: boolean
  json?: boolean
}

interface Run {
  seconds: number
  cpu_seconds: number
  /** Of the largest worker. */
  peak_mib: number
}

/**
 * The back-fill of days of two products, a simulated market, by one worker and by two in turn: seconds by the clock, CPU seconds of
 * all workers, largest resident set of one. `speed_up` is one's seconds over two's, of each round; with `alone` there are only two's.
 */
async function main({ days, rounds, alone, json }: Arguments): Promise<void> {
  const config = readConfig()
  const folder = mkdtempSync(join(tmpdir(), 'bench-backfill-'))
  try {
    const archive = join(folder, 'archive')
    mkdirSync(archive)
    const began = performance.now()
    const events = fill(new ArchiveWriter(archive, config), days)
    const archive_seconds = Math.round((performance.now() - began) / 1000)
    const runs: Record<1 | 2, Run[]> = { 1: [], 2: [] }
    const digests = new Set<string>()
    let rows = 0
    for (let round = 0; round < rounds; round++)
      for (const workers of alone ? ([2] as const) : ([1, 2] as const)) {
        const out = join(folder, `out-${workers}`)
        const [cpu, watched] = [childrenCpu(), watchPeak()]
        const result = await backfill({ from: { archive }, out, workers, chunk: daySeconds, config })
        runs[workers].push({ seconds: result.seconds, cpu_seconds: childrenCpu() - cpu, peak_mib: watched.end() })
        digests.add(result.digest)
        rows = result.rows
        rmSync(out, { recursive: true })
      }
    if (digests.size !== 1) throw new SpikeError('CHECK_FAILED', `${digests.size} digests of one archive`)
    const speed_up = runs[1].map((one, i) => Math.round((100 * one.seconds) / runs[2][i].seconds) / 100)
    const cpu = Math.min(...[...runs[1], ...runs[2]].map(({ cpu_seconds }) => cpu_seconds))
    const result = {
      ...{ name: 'backfill', days, events, rows, digest: [...digests][0], archive_seconds, speed_up },
      cpu_seconds_a_million_events: Math.round((1e7 * cpu) / events) / 10,
      ...{ one_worker: runs[1], two_workers: runs[2] },
      driver_peak_mib: Math.round(process.resourceUsage().maxRSS / 1024),
      load: loadavg().map(load => Math.round(load * 10) / 10),
    }
    console.log(json ? JSON.stringify(result) : result)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function fill(writer: ArchiveWriter, days: number): number {
  let events = 0
  for (const event of simulateDays(days)) {
    writer.push(event)
    events++
  }
  writer.end()
  return events
}

/** CPU seconds of the processes that this one has had and that are over. Linux only. */
function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** Looks twice a second at the largest resident set that any child has had. Linux only. */
function watchPeak(): { end(): number } {
  let peak = 0
  const timer = setInterval(() => {
    for (const pid of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' '))
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
      } catch {
        // it has ended since
      }
  }, 500)
  return {
    end() {
      clearInterval(timer)
      return Math.round(peak)
    },
  }
}

await runCommand<Arguments>(
  command(
    'bench backfill',
    'Measures the back-fill by one worker and by two.',
    'npm run bench -- backfill --days 30 --rounds 1 --json',
  )
    .option('--days <n>', 'days of two products', wholeNumber('--days', 1, 3650), 2)
    .option('--rounds <n>', 'of one worker and of two', wholeNumber('--rounds', 1, 100), 2)
    .option('--alone', 'two workers only')
    .option('--json', 'print the figures as one JSON line'),
  main,
)
