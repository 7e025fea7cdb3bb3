import { Option } from 'commander'
import { projectConfig, readConfig } from '../config.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { checkFilePlace } from '../files/place.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { newJobStatus } from '../jobs/status.ts'
import { newStoreResult, runStore, storeMetrics } from '../jobs/store/run.ts'
import { command, outputFile, port, runCommand, topicsOption } from '../operations/command.ts'
import { runPaths } from '../run_paths.ts'
import { checkExportPlace, exportTable } from '../stores/export_table.ts'
import { checkStore, storeKinds } from '../stores/open.ts'
import { readTable } from '../stores/read_table.ts'
import { refuseOtherStore } from '../stores/sqlite/schema.ts'
import { rowTables, windowsTable } from '../stores/tables.ts'
import { logFiles } from '../streams/open.ts'

interface Arguments {
  store: string
  topics: string
  topic_in?: string
  untilEnd?: boolean
  export?: string
  table: string
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  if (given.export === undefined) await fillStore(given)
  else await exportFrom({ ...given, export: given.export })
}

async function exportFrom({ store, export: path, table: name, json }: Arguments & { export: string }): Promise<void> {
  checkStore(store)
  const [, file] = /^(?:sqlite|hot):(.*)$/s.exec(store) ?? []
  keepInputs({ '--store': file }, { '--export': path })
  await checkExportPlace(path)
  const table = rowTables.find(one => one.name === name)!
  const rows = await exportTable(path, table, readTable(store, table))
  if (json) console.log(JSON.stringify({ table: name, rows, export: path }))
  else console.log(`${rows} rows of ${name} in ${path}`)
}

async function fillStore(given: Arguments): Promise<void> {
  const { store, untilEnd, json } = given
  checkStore(store)
  const [, file] = /^(?:sqlite|hot):(.*)$/s.exec(store) ?? []
  keepInputs({ '--topics': logFiles(given.topics), '--config': given.config ?? projectConfig }, { '--store': file })
  if (file !== undefined) {
    checkFilePlace(file, `--store ${store}`)
    refuseOtherStore(file)
  }
  const topic = given.topic_in ?? readConfig(given.config).topics.windows.name
  const status = newJobStatus()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const counts = newStoreResult()
  const shown = { job: 'store', status, reads: [topic], metrics: () => storeMetrics(counts) }
  const result = await runJobProcess({ ...given, name: 'store', finite: true, ...shown }, parts =>
    runStore({ ...parts, store, topic, finish, status, result: counts }),
  )
  if (json) console.log(JSON.stringify(result))
  else {
    const { records, batches, changed, refused, positions } = result
    console.log(`${records} records in ${batches} batches: ${changed} rows new or revised, ${refused} records refused`)
    console.log(`${topic} up to ${positions.map(({ partition, offset }) => `${partition}:${offset}`).join(' ')}`)
  }
}

const program = command(
  'store',
  'Brings windows, candles, scored trades, minutes, anomalies or articles from a topic into a store, rows and position in one commit: each record counts once, the highest revision of a window stays.',
  'npm run store -- --store sqlite:data/store.db --topics embedded --topic_in market.windows --until-end',
)
  .option('--store <place>', `${storeKinds}; a password is read from PGPASSWORD`, `sqlite:${runPaths.store}`)
  .addOption(topicsOption())
  .option('--topic_in <topic>', 'topic of such records (default: topics.windows of the configuration)')
  .option('--until-end', 'stop at the end that the topic has now')
  .option('--export <file>', 'instead: write a table of the store as .csv or .parquet', outputFile('--export'))
  .addOption(
    new Option('--table <name>', 'with --export: which table')
      .choices(rowTables.map(({ name }) => name))
      .default(windowsTable.name),
  )
  .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
  .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')

export const storeCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
