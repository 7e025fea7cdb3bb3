import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { command, outputFolder, runCommand, wholeNumber } from '../operations/command.ts'
import { ensurePythonEnv } from '../operations/python_env.ts'
import { runPaths } from '../run_paths.ts'
import { sendJournal } from '../tracking/send.ts'
import { findMlflowServer, startMlflowServer } from '../tracking/server.ts'

interface Options {
  port: number
  store: string
  journal: string
  once?: boolean
  send?: boolean
  json?: boolean
}

const program = command(
  'mlflow',
  'Starts an MLflow server on this machine, brings every journalled run to it once, prints the link, and stays until Ctrl-C.',
  'npm run mlflow -- --port 5000',
)
  .option('--port <number>', 'port on 127.0.0.1', wholeNumber('--port', 1), 5000)
  .option(
    '--store <folder>',
    'where the server keeps runs and artifacts',
    outputFolder('--store'),
    runPaths.mlflowStore,
  )
  .option('--journal <folder>', 'folder of the journal', runPaths.journal)
  .option('--once', 'end as soon as the journal is sent')
  .option('--send', 'start no server: send the journal to MLFLOW_TRACKING_URI and end')
  .option('--json', 'one JSON object as the last line')

export const mlflowCommand = (argv?: string[]): Promise<void> =>
  runCommand<Options>(
    program,
    async options => {
      if (options.port > 65_535) throw new SpikeError('BAD_ARGUMENT', `--port is at most 65535, not ${options.port}`)
      if (options.send) {
        const uri = process.env.MLFLOW_TRACKING_URI
        if (!uri)
          throw new SpikeError(
            'BAD_ARGUMENT',
            '--send needs MLFLOW_TRACKING_URI, the address of a server: set it first',
          )
        return replay(uri, options)
      }
      const running = await findMlflowServer(options.store)
      if (running) {
        await replay(running.uri, options)
        console.error(
          `an MLflow server runs on ${options.store} already (process group ${running.pid}; kill -- -${running.pid} ends it)`,
        )
        return
      }
      const { bin } = await ensurePythonEnv()
      const interrupted = new Promise<'interrupted'>(done => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done('interrupted'))
      })
      console.error(`starting MLflow on port ${options.port}, store ${options.store}`)
      const server = await startMlflowServer({ mlflow: join(bin, 'mlflow'), store: options.store, port: options.port })
      try {
        await replay(server.uri, options)
        if (options.once) return
        console.error('the server runs until Ctrl-C')
        const end = await Promise.race([interrupted, server.ended])
        if (end !== 'interrupted')
          throw new SpikeError(
            'MLFLOW_UNAVAILABLE',
            `the server ended by itself; see ${join(options.store, 'server.log')}`,
          )
      } finally {
        await server.stop()
      }
    },
    argv,
  )

async function replay(uri: string, options: Options): Promise<void> {
  const { sent, attached, links, warnings } = await sendJournal(options.journal, uri)
  for (const warning of warnings) console.error(`mlflow: ${warning}`)
  const link =
    links[readConfig().mlflow.experiment] ?? Object.values(links)[0] ?? `${uri}/?workflowType=machine_learning`
  console.log(`${sent} runs and ${attached} sets of reports sent. Open ${link}`)
  if (options.json) console.log(JSON.stringify({ uri, sent, attached, link, warnings }))
  if (warnings.length > 0) process.exitCode = 1
}
