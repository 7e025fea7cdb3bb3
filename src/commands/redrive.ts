import { Option } from 'commander'
import { readConfig } from '../config.ts'
import { redrive } from '../jobs/ingest/redrive.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { isStore } from '../jobs/retry/archive.ts'
import { type Retried, retryLetters, retryMetrics } from '../jobs/retry/retry_letters.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, outputFolder, port, positiveNumber, runCommand, topicsOption } from '../operations/command.ts'
import { runPaths } from '../run_paths.ts'
import { checkStore, storeKinds } from '../stores/open.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  from?: string
  to?: string
  topics: string
  every?: number
  archive: string
  fromArchive?: string
  metricsPort?: number
  config?: string
  json?: boolean
}

/** A folder that can be written, or a store that there is. */
function archivePlace(text: string): string {
  if (!isStore(text)) return outputFolder('--archive')(text)
  checkStore(text, '--archive')
  return text
}

function archiveRead(text: string): string {
  if (isStore(text)) checkStore(text, '--from-archive')
  return text
}

/** A record is tried so often, then it is put away. */
const mostTries = 5

async function main(given: Arguments): Promise<void> {
  if (given.every !== undefined) await retryUntilStopped({ ...given, every: given.every })
  else await redriveOnce(given)
}

async function retryUntilStopped(given: Arguments & { every: number }): Promise<void> {
  const { every, archive, json } = given
  const { raw, state } = readConfig(given.config).topics
  const [from, to] = [given.from ?? `${raw.name}.dlq`, given.to ?? raw.name]
  const status = newJobStatus()
  const retried: Retried = { retried: 0, archived: 0, kept: {} }
  const shown = { job: 'retry', status, reads: [from], metrics: () => retryMetrics(retried) }
  const job = {
    from,
    to,
    state,
    archive,
    everyMs: 60_000 * every,
    most: mostTries,
    now: () => Date.now(),
    retried,
    status,
  }
  await runJobProcess({ ...given, name: 'redrive', finite: true, ...shown }, parts =>
    retryLetters({ ...parts, ...job }),
  )
  if (json) console.log(JSON.stringify(retried))
  else {
    const reasons = Object.entries(retried.kept).map(([reason, count]) => `${count} ${reason}`)
    console.log(
      `${retried.retried} tried again, ${retried.archived} in ${archive}; kept: ${reasons.join(', ') || 'none'}`,
    )
  }
}

async function redriveOnce({ from, fromArchive, to, topics, config: path, json }: Arguments): Promise<void> {
  const config = readConfig(path)
  const { raw } = config.topics
  const streams = await openStreams(topics, 'there')
  try {
    const { records, redriven, refused } = await redrive({
      streams,
      config,
      from: from ?? `${raw.name}.dlq`,
      ...(fromArchive !== undefined && { archive: fromArchive }),
      to: to ?? raw.name,
      now: Date.now() * 1000,
    })
    if (json) console.log(JSON.stringify({ records, redriven, refused }))
    else {
      const reasons = Object.entries(refused).map(([reason, count]) => `${count} ${reason}`)
      console.log(`${records} looked at, ${redriven} events redriven; still dead: ${reasons.join(', ') || 'none'}`)
    }
  } finally {
    await streams.close()
  }
}

export const redriveCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'redrive',
      'Gives dead letters, or late events, another try: each once, however often it is run.',
      'npx node scripts/redrive.ts --from ticks.raw.dlq --topics kafka://127.0.0.1:9092',
    )
      .option('--from <topic>', 'topic of dead letters or of late events (default: those of the raw topic)')
      .option(
        '--to <topic>',
        'where their events go (default: the raw topic); a late event is late there too unless its second is still open',
      )
      .addOption(topicsOption())
      .option(
        '--every <minutes>',
        'stay up: what can pass, such as a record that the program failed at, is tried again so long after its letter came, five times at most',
        positiveNumber('--every'),
      )
      .option(
        '--archive <place>',
        `with --every: what failed each time, in a folder a file each, or in a store (${storeKinds})`,
        archivePlace,
        runPaths.deadLetters,
      )
      .addOption(
        new Option(
          '--from-archive <place>',
          'of that topic, what --archive has put into a folder, or a store (sqlite, postgres, redshift, mysql)',
        )
          .argParser(archiveRead)
          .conflicts('every'),
      )
      .option('--metrics-port <n>', 'with --every: answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
