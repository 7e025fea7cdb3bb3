import { readConfig } from '../config.ts'
import { startSimulator } from '../exchange/simulator.ts'
import { command, positiveNumber, runCommand, wholeNumber } from '../operations/command.ts'

interface Arguments {
  port: number
  speed?: number
  seed?: number
  redundant?: boolean
  config?: string
}

async function main({ port, speed, seed, redundant, config: path }: Arguments): Promise<void> {
  const { simulator: settings } = readConfig(path)
  if (seed !== undefined) settings.seed = seed
  const simulator = await startSimulator({ settings, port, speed, clients: redundant ? 2 : 1 })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
  const { url, rest } = simulator
  const flags = `--feed simulated --url ${url} --rest ${rest}${redundant ? ' --redundant' : ''}`
  console.log(`simulated exchange at ${url}: npm run ingest -- ${flags}`)
  await simulator.done
  await simulator.close()
  const { connections, frames, lost, drops } = simulator.stats
  console.log(`market over: ${frames} frames on ${connections} connections, ${lost} lost, ${drops} drops`)
}

export const simulateCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'simulate',
      'Serves the simulated exchange of the demo, so that the ingestor can be tried without a network.',
      'npm run simulate -- --port 8900 --speed 60',
    )
      .option('--port <n>', 'port on this machine, 0 for a free one', wholeNumber('--port'), 8900)
      .option(
        '--speed <n>',
        'market seconds a second; as fast as the client takes it when absent',
        positiveNumber('--speed'),
      )
      .option('--redundant', 'serve two connections at once, each with drops and losses of its own')
      .option('--seed <n>', 'seed of the market', wholeNumber('--seed'))
      .option('--config <file>', 'another config.yaml'),
    main,
    argv,
  )
