import { Option } from 'commander'
import { type Config, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { startBinanceExchange } from '../exchange/binance_exchange.ts'
import { binanceSymbol } from '../exchange/binance_market.ts'
import { startCoinCapExchange } from '../exchange/coincap_exchange.ts'
import { startFinnhubService } from '../exchange/finnhub_service.ts'
import { startPolygonExchange } from '../exchange/polygon_exchange.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../exchange/simulator.ts'
import { slugOf } from '../market/coincap/slugs.ts'
import { command, port, positiveNumber, runCommand, wholeNumber } from '../operations/command.ts'

interface Arguments {
  feed: string
  port: number
  speed?: number
  seed?: number
  minutes?: number
  redundant?: boolean
  skip?: number
  rush?: number
  config?: string
}

type CoinOptions = Pick<SimulatorOptions, 'settings' | 'port' | 'speed' | 'clients' | 'skipSeconds' | 'rushSeconds'>

/** Exchanges of coins, and what they call a product of ours. */
const coins: Record<string, { start(options: CoinOptions): Promise<Simulator>; symbolOf(product: string): string }> = {
  coinbase: { start: startSimulator, symbolOf: product => product },
  binance: { start: startBinanceExchange, symbolOf: binanceSymbol },
  coincap: { start: startCoinCapExchange, symbolOf: product => slugOf(product.split('-')[0]) },
}

async function main(options: Arguments): Promise<void> {
  const { simulator: settings, simulated_stocks } = readConfig(options.config)
  if (options.seed !== undefined) settings.seed = options.seed
  if (options.feed === 'finnhub') await serveNews({ ...simulated_stocks, seed: settings.seed }, options)
  else if (options.feed === 'polygon') await serveStocks({ ...simulated_stocks, seed: settings.seed }, options)
  else await serveCoins(settings, options)
}

type Stocks = Config['simulated_stocks'] & { seed: number }

async function serveStocks(stocks: Stocks, options: Arguments): Promise<void> {
  const { port, speed, minutes = stocks.minutes } = options
  const exchange = await startPolygonExchange({ settings: { ...stocks, minutes }, port, speed })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void exchange.close())
  console.log(
    `simulated stock exchange at ${exchange.url}, ${minutes} minutes of market; it ends by itself. In another terminal:`,
  )
  const pairs = Object.keys(stocks.products).join(',')
  console.log(`POLYGON_API_KEY=any npm run ingest -- --feed polygon --pair ${pairs} --url ${exchange.url}`)
  await exchange.done
  await exchange.close()
  const { connections, frames, drops } = exchange.stats
  console.log(`market over: ${frames} frames on ${connections} connections, ${drops} drops`)
}

/** News of the machine's own days, until stopped; the same that moves the stocks of this seed. */
async function serveNews({ products, seed }: Stocks, { port }: Arguments): Promise<void> {
  const tickers = Object.keys(products)
  const service = await startFinnhubService({ seed, tickers, port })
  console.log(`simulated news service at ${service.url}, until stopped. In another terminal:`)
  console.log(`FINNHUB_API_KEY=any npm run ingest -- --feed finnhub --pair ${tickers.join(',')} --url ${service.url}`)
  await new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await service.close()
  console.log(`${service.calls.length} calls`)
}

async function serveCoins(settings: Config['simulator'], options: Arguments): Promise<void> {
  const { feed, port, speed, minutes, redundant, skip: skipSeconds, rush: rushSeconds } = options
  if (feed !== 'coinbase')
    for (const [flag, value] of Object.entries({ redundant, skip: skipSeconds, rush: rushSeconds }))
      if (value !== undefined)
        throw new SpikeError('BAD_ARGUMENT', `--${flag}: the one that speaks as ${feed} has none of it; leave it out`)
  if (minutes !== undefined) settings.hours = minutes / 60
  const clients = redundant ? 2 : 1
  const simulator = await coins[feed].start({ settings, port, speed, clients, skipSeconds, rushSeconds })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
  const pairs = Object.keys(settings.products).map(coins[feed].symbolOf).join(',')
  const other = feed === 'coinbase' ? '' : `--feed ${feed} `
  const length = `${Number((settings.hours * 60).toFixed(1))} minutes of market${speed === undefined ? '' : ` in ${Number(((settings.hours * 60) / speed).toFixed(1))}`}`
  console.log(`simulated exchange at ${simulator.url}, ${length}; it ends by itself. In another terminal:`)
  console.log(`npm run ingest -- ${other}--pair ${pairs} --url ${simulator.url}${redundant ? ' --redundant' : ''}`)
  await simulator.done
  await simulator.close()
  const { connections, frames, lost, drops } = simulator.stats
  console.log(`market over: ${frames} frames on ${connections} connections, ${lost} lost, ${drops} drops`)
}

/** A book takes ten seconds to fill, and a row a minute to be labelled. */
function marketMinutes(text: string): number {
  const minutes = positiveNumber('--minutes')(text)
  if (minutes >= 2 && minutes <= 2880) return minutes
  throw new SpikeError('BAD_ARGUMENT', `--minutes takes a number from 2 to 2880, not '${text}'`)
}

export const simulateCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'simulate',
      'Serves the simulated exchange of the demo, so that the ingestor can be tried without a network.',
      'npm run simulate -- --minutes 15 --speed 60',
    )
      .addOption(
        new Option('--feed <name>', 'whose protocol it speaks')
          .choices(Object.keys(coins).concat('polygon', 'finnhub'))
          .default('coinbase'),
      )
      .option('--port <n>', 'port on this machine, 0 for a free one', port('--port'), 8900)
      .option(
        '--speed <n>',
        'market seconds a second; as fast as the client takes it when absent',
        positiveNumber('--speed'),
      )
      .option('--minutes <n>', 'length of the market (default: that of the config)', marketMinutes)
      .option('--skip <seconds>', 'coinbase: seconds of the market that are over already', wholeNumber('--skip'))
      .option(
        '--rush <seconds>',
        'coinbase: so much of the market as fast as the client takes it',
        wholeNumber('--rush'),
      )
      .option('--redundant', 'serve two connections at once, each with drops and losses of its own')
      .option('--seed <n>', 'seed of the market', wholeNumber('--seed'))
      .option('--config <file>', 'another config.yaml'),
    main,
    argv,
  )
