import { SpikeError } from '../src/errors.ts'
import { command, positiveNumber, runCommand } from '../src/operations/command.ts'
import { pressIngestor } from '../test/harness/backpressure.ts'

interface Arguments {
  rate: number
  outage: number
  stall?: boolean
  json?: boolean
}

const rssLimitMb = 400

async function main({ rate, outage, stall, json }: Arguments): Promise<void> {
  const manner = stall ? 'stall' : 'stop'
  const relief = await pressIngestor({ rate, beforeS: 10, outageS: outage, afterS: 20, manner })
  if (json) console.log(JSON.stringify({ name: 'backpressure', rate, outage, manner, ...relief }))
  else console.log(relief)
  const { sent, published, misplaced, gaps, peakRssMb } = relief
  if (published !== sent || misplaced > 0 || gaps > 0 || peakRssMb >= rssLimitMb)
    throw new SpikeError(
      'CHECK_FAILED',
      `${published} of ${sent} events published, ${misplaced} out of place, ${gaps} gaps, ${peakRssMb} MB; allowed are all, 0, 0, below ${rssLimitMb} MB`,
    )
}

await runCommand<Arguments>(
  command(
    'backpressure',
    'An ingestor under load whose Kafka broker goes away for a while: nothing lost, memory bounded.',
    'npx node bench/backpressure.ts --rate 20000 --outage 60 --json',
  )
    .option('--rate <n>', 'events a second', positiveNumber('--rate'), 20_000)
    .option('--outage <seconds>', 'how long the broker is away', positiveNumber('--outage'), 60)
    .option('--stall', 'the broker answers nothing instead of being gone')
    .option('--json', 'print the figures as one JSON line'),
  main,
)
