import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** CPU seconds (user and system, all threads) that a process has taken so far; NaN when it is gone. Linux only. */
export function processCpu(pid: number): number {
  const stat = readProc(`${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** CPU seconds that the whole machine was busy since it was started. Linux only. */
export function machineCpu(): number {
  const [user, nice, system, , , irq, softirq] = readProc('stat')
    .split('\n')[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / ticksPerSecond
}

/** Resident memory of a process in MiB; NaN when it is gone. Linux only. */
export function residentMib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readProc(`${pid}/status`))?.[1] ?? Number.NaN) / 1024
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}
