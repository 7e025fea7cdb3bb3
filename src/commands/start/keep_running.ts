import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** One of the processes that make up the desk. */
export interface Part {
  name: string
  /** What it does, for a person. */
  does: string
  /** Of the command spike60. */
  args: string[]
}

export type PartMode = 'runs' | 'restarts' | 'waits' | 'ended'

export interface KeepOptions {
  part: Part
  /** Where what it prints is kept. */
  logFile: string
  stop: AbortSignal
  environment?: Record<string, string>
  /** @param note the last line it printed, where it has ended. */
  onState(mode: PartMode, note: string): void
}

const [firstPauseMs, longestPauseMs, livedMs] = [500, 30_000, 60_000]
/** After SIGTERM a part has so long, and what it committed stands: a Ctrl-C takes under 5 s on a busy machine too. */
const graceMs = 3300

/** Runs a part until told to stop, and again after a pause that doubles where it dies; one that ends well is not run again. */
export async function keepRunning({ part, logFile, stop, environment, onState }: KeepOptions): Promise<void> {
  let pause = firstPauseMs
  while (!stop.aborted) {
    const began = performance.now()
    onState('runs', part.does)
    const code = await runOnce(part, logFile, stop, environment)
    if (stop.aborted) return
    const said = lastLine(logFile)
    if (code === 0) return onState('ended', said)
    if (performance.now() - began > livedMs) pause = firstPauseMs
    onState('restarts', `in ${pause / 1000} s; it ended with ${code ?? 'a signal'}: ${said}`)
    await delay(pause, undefined, { signal: stop }).catch(() => {})
    pause = Math.min(2 * pause, longestPauseMs)
  }
}

/** @returns its exit code; null where a signal ended it. */
export async function runOnce(
  { args }: Part,
  logFile: string,
  stop: AbortSignal,
  environment: Record<string, string> = {},
): Promise<number | null> {
  const log = openSync(logFile, 'a')
  const here = import.meta.filename
  const child = spawn(process.execPath, [join(dirname(here), '..', `spike60${extname(here)}`), ...args], {
    // By the channel it notices that this process is gone, even by SIGKILL.
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, ...environment },
  })
  closeSync(log)
  const end = new Promise<number | null>(resolve => {
    child.on('exit', resolve)
    child.on('error', () => resolve(1))
  })
  const onStop = (): void => endChild(child)
  if (stop.aborted) onStop()
  stop.addEventListener('abort', onStop)
  try {
    return await end
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}

function endChild(child: ChildProcess): void {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  child.once('exit', () => clearTimeout(timer))
}

function lastLine(path: string): string {
  try {
    const line = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? ''
    return line.slice(-300)
  } catch {
    return ''
  }
}
