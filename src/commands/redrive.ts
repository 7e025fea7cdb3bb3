import { readConfig } from '../config.ts'
import { redrive } from '../jobs/ingest/redrive.ts'
import { command, runCommand, topicsOption } from '../operations/command.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  from?: string
  to?: string
  topics: string
  config?: string
  json?: boolean
}

async function main({ from, to, topics, config: path, json }: Arguments): Promise<void> {
  const config = readConfig(path)
  const { raw } = config.topics
  const streams = await openStreams(topics)
  try {
    const { records, redriven, refused } = await redrive({
      streams,
      config,
      from: from ?? `${raw.name}.dlq`,
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
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
