import { readFileSync } from 'node:fs'
import { readConfig } from '../config.ts'
import { command, port, runCommand, topicsOption } from '../operations/command.ts'
import { writeEmf } from '../operations/emf.ts'
import { serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { serve } from '../serve/serve.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  topics: string
  predictions: string
  host: string
  port: number
  hostName: string[]
  origin: string[]
  proxy: string[]
  parts?: string
  champion?: string
  drift?: string
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
}

async function main({ topics, host, hostName, origin, proxy, ...given }: Arguments): Promise<void> {
  const config = readConfig(given.config)
  const stop = stopOnSignal('serve')
  const log = createLog()
  await using running = new AsyncDisposableStack()
  const streams = await openStreams(topics)
  running.defer(() => streams.close())
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const guard = { hosts: [host, ...hostName].map(name => name.toLowerCase()), origins: origin, proxies: proxy }
  const serving = await serve({ ...given, config, streams, host, guard, version, stop })
  running.defer(() => serving.close())
  log.info({ url: serving.url }, 'serves; /docs lists the routes')
  const { metrics, notReady } = serving
  if (given.metricsPort !== undefined) {
    const operations = await serveOperations({ port: given.metricsPort, idle: () => 0, notReady, metrics })
    running.defer(() => operations.close())
    log.info({ url: operations.url }, 'operations')
  }
  if (given.metricsEmf) running.defer(writeEmf('api', metrics))
  await serving.done
}

const several = (text: string, before: string[]): string[] => [...before, text]

export const serveCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'serve',
      'Answers over HTTP what the topics say now: quotes, candles, windows, predictions and how they turned out, signals, a paper portfolio; and pushes it as it comes.',
      'npm run serve -- --topics embedded --port 8000',
    )
      .addOption(topicsOption())
      .option('--predictions <topic>', 'topic that models/infer.ts writes', 'ticks.predictions')
      .option('--host <address>', 'address to listen on: this machine only unless told', '127.0.0.1')
      .option('--port <n>', 'port, 0 for a free one', port('--port'), 8000)
      .option('--host-name <name>', 'another name under which it may be called, repeatable', several, [])
      .option('--origin <origin>', 'another page that may read it, such as https://a.example, repeatable', several, [])
      .option('--proxy <address>', 'a proxy whose X-Forwarded-For is believed, repeatable', several, [])
      .option('--parts <file>', 'where npm start says how its parts are')
      .option('--champion <file>', 'where npm start says until when the rows of its model go')
      .option('--drift <file>', 'the JSON that npm run drift -- --every writes again and again')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml'),
    main,
    argv,
  )
