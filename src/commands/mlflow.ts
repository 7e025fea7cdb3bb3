import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepOthersFolder } from '../files/keep_others.ts'
import { command, outputFolder, port, runCommand, warn } from '../operations/command.ts'
import { ensurePythonEnv } from '../operations/python_env.ts'
import { redactJson } from '../operations/redact.ts'
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
  .option('--port <number>', 'port on 127.0.0.1', port('--port', 1), 5000)
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
      if (options.send) {
        const uri = process.env.MLFLOW_TRACKING_URI
        if (!uri)
          throw new SpikeError(
            'BAD_ARGUMENT',
            '--send needs MLFLOW_TRACKING_URI, the address of a server: set it first',
          )
        if (!existsSync(options.journal))
          throw new SpikeError(
            'BAD_FILE',
            `${options.journal}: does not exist; name the folder of a training's journal with --journal`,
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
      keepOthersFolder(options.store, "runs of MLflow's", isStore)
      const { bin } = await ensurePythonEnv()
      const interrupted = new Promise<'interrupted'>(done => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done('interrupted'))
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

/** A first start that failed leaves its log alone. */
const isStore = (names: string[]): boolean => names.includes('mlflow.db') || names.every(name => name === 'server.log')

async function replay(uri: string, options: Options): Promise<void> {
  const { sent, attached, links, warnings } = await sendJournal(options.journal, uri)
  for (const warning of warnings) warn(`mlflow: ${warning}`)
  const link =
    links[readConfig().mlflow.experiment] ?? Object.values(links)[0] ?? `${uri}/?workflowType=machine_learning`
  console.log(`${sent} runs and ${attached} sets of reports sent. Open ${link}`)
  if (options.json) console.log(redactJson(JSON.stringify({ uri, sent, attached, link, warnings })))
  if (warnings.length > 0) process.exitCode = 1
}
