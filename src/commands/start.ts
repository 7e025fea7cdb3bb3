import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Option } from 'commander'
import { z } from 'zod'
import { type Config, productsOf, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { simulationStart } from '../exchange/price_process.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { keepOthersFolder } from '../files/keep_others.ts'
import { withLock } from '../files/lock.ts'
import { makeFolder } from '../files/place.ts'
import { readText } from '../files/read_text.ts'
import { command, outputFolder, port, positiveNumber, runCommand, wholeNumber } from '../operations/command.ts'
import { redact } from '../operations/redact.ts'
import { deskPaths } from '../run_paths.ts'
import type { PartState } from '../serve/health.ts'
import { openStreams } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'
import { askOnAlert } from './start/challenger.ts'
import { findChampion } from './start/champion.ts'
import { feedNames, realFeeds } from './start/feed_names.ts'
import { keepRunning, type Part, type PartMode } from './start/keep_running.ts'
import { driftPart, partsOf, scorerPart } from './start/parts.ts'
import { recorded } from './start/recorded.ts'
import { profileTraining } from './start/training_profile.ts'

interface Arguments {
  feed: string
  speed: number
  history: number
  out: string
  topics?: string
  host: string
  port: number
  config?: string
}

async function main(options: Arguments): Promise<void> {
  const { out } = options
  keepOthersFolder(out, 'what npm start made', names => isDesk(out, names))
  makeFolder(out)
  const held = `${out}: another npm start runs there; end it, or name another folder with --out`
  await withLock(join(out, deskPaths.lock), 0, () => startAlone(options), held)
}

const deskParts = z.array(z.object({ name: z.string(), state: z.string(), restarts: z.number() }))

/** A folder in which it ran, or began to. */
function isDesk(out: string, names: string[]): boolean {
  if (names.every(name => name.startsWith(deskPaths.lock))) return true
  try {
    return deskParts.safeParse(JSON.parse(readText(join(out, deskPaths.parts)))).success
  } catch {
    return false
  }
}

async function startAlone({ feed, speed, history, out, host, port, ...given }: Arguments): Promise<void> {
  const config = readConfig(given.config)
  await freePort(port, host)
  const topics = given.topics ?? `embedded://${join(out, deskPaths.log)}`
  const stop = stopAtOnce()
  for (const folder of [deskPaths.raw, deskPaths.logs]) makeFolder(join(out, folder))
  // The parts' next start takes half the CPU time.
  process.env.NODE_COMPILE_CACHE ??= resolve(out, deskPaths.compiled)
  await using streams = await openDisposable(topics)
  await createDeskTopics(streams, config)
  const simulated = feed === 'simulated'
  const before = await recorded(streams, config.topics.raw.name)
  const skipSeconds = simulated && before !== null ? Math.max(0, Math.ceil((before.to - simulationStart) / 1e6)) : 0
  const parts = partsOf({
    ...{ config, configFile: given.config, out, topics, feed: simulated ? null : feed, host, port, speed },
    ...{ exchangePort: simulated ? await freePort(0, '127.0.0.1') : 0, skipSeconds, rushSeconds: 60 * history },
  })
  const board = createBoard(join(out, deskPaths.parts))
  const keep = (part: Part): Promise<void> =>
    keepRunning({ part, stop, logFile: logOf(out, part.name), onState: board.of(part.name) })
  console.log(`http://${host}:${port}  ${simulated ? 'SIMULATED market' : feed}, everything in ${out}; Ctrl-C ends all`)
  for (const { name, does } of parts) console.log(`  ${name.padEnd(10)}${does}`)
  console.log(`  ${'infer'.padEnd(10)}scores each row, once there is a model`)
  console.log(`  ${'drift'.padEnd(10)}compares rows with those of its training, once there is a model`)
  const chosen = config.feeds.filter(({ name }) => feed.split(',').includes(name))
  const products = simulated ? Object.keys(config.simulator.products).length : productsOf({ feeds: chosen }).length
  const scoring = async (): Promise<void> => {
    const champion = { config, configFile: given.config, out, streams, products, stop, logFile: logOf(out, 'train') }
    const model = await findChampion({ ...champion, onState: board.of('infer') })
    if (model === null) return
    await Promise.all([keep(scorerPart({ topics, configFile: given.config }, model)), watching(model)])
  }
  const watching = async (models: string): Promise<void> => {
    const profile = { configFile: given.config, out, models, stop, logFile: logOf(out, 'drift') }
    if (!(await profileTraining({ ...profile, onState: board.of('drift') }))) return
    await keep(driftPart({ topics, config, configFile: given.config, out }, models))
  }
  // The page comes first: on a small machine eight processes that begin at once keep each other from it.
  const [page, ...others] = parts
  const serving = keep(page)
  await untilListening(port, host, stop)
  const asking = askOnAlert({
    ...{ config, configFile: given.config, out, topics, streams, stop },
    ...{ logFile: logOf(out, 'retrain'), onState: board.of('retrain') },
  })
  await Promise.all([serving, ...others.map(keep), scoring(), asking])
  console.log('all parts have ended; npm start goes on from here')
}

const logOf = (out: string, name: string): string => join(out, deskPaths.logs, `${name}.log`)

/** A second signal is the same Ctrl-C once more: the parts are ended within five seconds in any case. */
function stopAtOnce(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  const npm = process.ppid
  // npm, killed, hands nothing on.
  if (process.env.npm_lifecycle_event !== undefined)
    setInterval(() => process.ppid === npm || stop.abort(), 1000).unref()
  return stop.signal
}

async function openDisposable(topics: string): Promise<Streams & AsyncDisposable> {
  const streams = await openStreams(topics)
  return { ...streams, [Symbol.asyncDispose]: () => streams.close() }
}

/** So that no job waits for another one's first record to know of its topic. */
async function createDeskTopics(streams: Streams, { topics }: Config): Promise<void> {
  const predictions = { name: 'ticks.predictions', partitions: topics.features.partitions }
  await streams.createTopics([...Object.values(topics), predictions])
}

/** @throws SpikeError BAD_ARGUMENT when the port cannot be had. @returns which it is. */
async function freePort(wanted: number, host: string): Promise<number> {
  const server = createServer().listen(wanted, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'somebody listens there already' : code
    throw new SpikeError('BAD_ARGUMENT', `--port ${wanted} cannot be had on ${host} (${why}); name another`, { cause })
  }
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : wanted
}

const [longestWaitMs, lookMs] = [15_000, 100]

/** Until somebody takes connections there, or for long enough. */
async function untilListening(port: number, host: string, stop: AbortSignal): Promise<void> {
  const until = performance.now() + longestWaitMs
  while (performance.now() < until && !stop.aborted) {
    const socket = connect(port, host)
    const listens = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (listens) return
    await delay(lookMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** What stands on /health of the parts; a part that dies is told on the terminal too. */
function createBoard(path: string) {
  const parts = new Map<string, PartState>()
  writeFileSync(path, '[]\n')
  return {
    of:
      (name: string) =>
      (mode: PartMode, note: string): void => {
        const former = parts.get(name)
        if (former?.state === mode && former.note === note) return
        const restarts = (former?.restarts ?? 0) + (mode === 'restarts' ? 1 : 0)
        parts.set(name, { name, state: mode, restarts, note: redact(note) })
        if (mode !== 'runs') console.error(redact(`${name} ${mode}: ${note}`))
        writeFileAtomically(path, `${JSON.stringify([...parts.values()])}\n`).catch(() => {})
      },
  }
}

export const startCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'start',
      'Starts everything: a pretend exchange, ingest, features, a model, windows, signals, a paper portfolio, and the page that shows it. No order is ever placed.',
      'npm start -- --speed 10',
    )
      .addOption(
        new Option(
          '--feed <names>',
          `where market data comes from: simulated, or one or more of ${realFeeds.join(', ')}`,
        )
          .argParser(feedNames)
          .default('simulated'),
      )
      .option('--speed <n>', 'simulated: market seconds a second', positiveNumber('--speed'), 1)
      .option(
        '--history <minutes>',
        'simulated: so much of the market comes at once, so that there is something to see and to train on',
        wholeNumber('--history', 0, 2000),
        120,
      )
      .option('--out <folder>', 'everything is kept there', outputFolder('--out'), deskPaths.folder)
      .option('--topics <engine>', "kafka://HOST:PORT, or another log than the folder's own")
      .option('--host <address>', 'address of the page: this machine only unless told', '127.0.0.1')
      .option('--port <n>', 'port of the page', port('--port', 1), 8000)
      .option('--config <file>', 'another config.yaml'),
    main,
    argv,
  )
