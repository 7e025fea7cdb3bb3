import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import { isAlive } from '../files/alive.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { readJson, serverFile } from './journal_schema.ts'
import { isListening, refuseTakenPort } from './port.ts'

export interface MlflowServer {
  uri: string
  pid: number
  /** Settles when the server has ended, by whatever cause. */
  ended: Promise<void>
  /** Ends the server and all its children; SIGKILL leaves it no time, and follows SIGTERM after 10 s. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const startLimitMs = 120_000

/**
 * Starts MLflow's server on loopback, runs in `<store>/mlflow.db` and artifacts in `<store>/artifacts`, and waits until it answers.
 * It is a process group of its own: a signal to its first process alone would leave its workers serving.
 * @param options.mlflow the `mlflow` command.
 * @throws SpikeError BAD_ARGUMENT when the port is taken, MLFLOW_UNAVAILABLE with the log's end when it does not come up.
 */
export async function startMlflowServer(options: {
  mlflow: string
  store: string
  port: number
}): Promise<MlflowServer> {
  const { port } = options
  await refuseTakenPort(port)
  const store = resolve(options.store)
  mkdirSync(store, { recursive: true })
  const logFile = join(store, 'server.log')
  const log = openSync(logFile, 'w')
  const child = spawn(
    options.mlflow,
    [
      'server',
      ...['--backend-store-uri', `sqlite:///${join(store, 'mlflow.db')}`],
      ...['--artifacts-destination', join(store, 'artifacts')],
      ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ],
    { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...quietEnvironment } },
  )
  closeSync(log)
  const ended = new Promise<void>(done => {
    child.once('exit', () => done())
    child.once('error', () => done())
  })
  const stop = (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => stopGroup(child, port, ended, signal)
  const lastWill = () => signalGroup(child, 'SIGKILL')
  process.once('exit', lastWill)
  void ended.then(() => process.removeListener('exit', lastWill))
  const uri = `http://127.0.0.1:${port}`
  if (!(await isHealthy(uri, child, logFile))) {
    await stop()
    const lines = readFileSync(logFile, 'utf8').trim().split('\n')
    throw new SpikeError('MLFLOW_UNAVAILABLE', `the MLflow server did not come up; see ${logFile}: ${lines.at(-1)}`)
  }
  const note = join(store, 'server.json')
  await writeFileAtomically(note, `${JSON.stringify({ uri, pid: child.pid })}\n`)
  void ended.then(() => rmSync(note, { force: true }))
  return { uri, pid: child.pid!, ended, stop }
}

/**
 * The server that another process started on this store and that answers still, or null. One whose starter was killed goes on
 * serving: this is how it is found again.
 */
export async function findMlflowServer(store: string): Promise<{ uri: string; pid: number } | null> {
  const note = join(store, 'server.json')
  const found = readJson(note, serverFile)
  return found && isAlive(found.pid) && (await answers(`${found.uri}/health`)) ? found : null
}

/** Without job execution two processes serve instead of ten; nothing is reported to anyone. */
const quietEnvironment = {
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
}

/** Its own log must say that it listens: on a port that two servers raced for, the other one would answer. */
async function isHealthy(uri: string, child: ChildProcess, logFile: string): Promise<boolean> {
  for (const start = performance.now(); performance.now() - start < startLimitMs; await setTimeout(200)) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false
    if (readFileSync(logFile, 'utf8').includes(`running on ${uri}`) && (await answers(`${uri}/health`))) return true
  }
  return false
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(5_000) })).ok
  } catch {
    return false
  }
}

async function stopGroup(
  child: ChildProcess,
  port: number,
  ended: Promise<void>,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  signalGroup(child, signal)
  await Promise.race([ended, setTimeout(10_000, undefined, { ref: false })])
  signalGroup(child, 'SIGKILL')
  await ended
  for (let waited = 0; waited < 2_000 && (await isListening(port)); waited += 20) await setTimeout(20)
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
