import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { readSideOfTopic } from '../monitor/columns/read_topic.ts'
import { explainFailure } from '../monitor/report/fail_on.ts'
import { writeDriftHistory } from '../monitor/write_drift_history.ts'
import { refuseOtherReports, type Source, saveProfile, writeDriftReport } from '../monitor/write_drift_report.ts'
import {
  command,
  outputFile,
  outputFolder,
  positiveNumber,
  runCommand,
  topicsOption,
  wholeNumber,
} from '../operations/command.ts'
import { withProgress } from '../operations/progress.ts'
import { ensurePythonEnv } from '../operations/python_env.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { runPaths } from '../run_paths.ts'
import { openStreams } from '../streams/open.ts'
import { chooseModel } from '../tracking/base_model.ts'

import { evidentlyFiles, writeEvidently } from './drift_evidently.ts'
import { watchDrift } from './drift_watch.ts'

export { writeDriftReport }

interface Options {
  reference?: string
  current?: string
  features?: string
  earlyLate?: boolean
  profile?: string[]
  saveProfile?: string
  last?: number
  every?: number
  topic?: string
  topics?: string
  out: string
  name?: string
  failOn?: string
  evidently?: boolean
  history?: string
  model?: string
  config?: string
  json?: boolean
}

const program = command(
  'drift',
  'Compares two sets of rows column by column and writes the drift and data-quality report, HTML and JSON.',
  'npm run drift -- --reference data/processed/features_train.parquet --current data/processed/features_test.parquet --model models/artifacts/logistic\n' +
    '  npm run drift -- --save-profile models/artifacts/train.profile --reference data/processed/features_train.parquet\n' +
    '  npm run drift -- --profile models/artifacts/train.profile --topic ticks.features --last 3600 --fail-on drift',
)
  .option('--reference <parquet>', 'the rows to compare with')
  .option('--current <parquet>', 'the rows that are judged')
  .option('--features <parquet>', 'one file, whose halves are compared; with --early-late')
  .option('--early-late', 'first against second half of --features')
  .option(
    '--save-profile <file>',
    'store what is needed of --reference, or of several --profile together; no report',
    outputFile('--save-profile'),
  )
  .option('--profile <files...>', 'stored profiles in place of --reference, taken together')
  .option('--topic <name>', 'judge the newest rows of a topic of features in place of --current')
  .addOption(topicsOption())
  .option('--last <seconds>', 'judge only the last so many seconds (of a topic: 3600)', wholeNumber('--last', 1))
  .option('--every <seconds>', 'with --topic: compare again and again until stopped', positiveNumber('--every'))
  .option('--out <folder>', 'where <name>.html and <name>.json go', outputFolder('--out'), runPaths.drift)
  .option('--name <name>', 'name of the report (default: early_vs_late, last_vs_profile, or from the file names)')
  .option('--fail-on <what>', 'exit 1 when it is found: drift or quality')
  .option(
    '--model <folder>',
    'model whose columns are marked (default: the base of the last training, where there is one)',
  )
  .option(
    '--evidently',
    "also write Evidently's own report, <name>.evidently.html and .json, of two files; takes Python",
  )
  .option('--history <folder>', 'put all drift reports of a folder on one page over time, history.html; no report')
  .option('--config <yaml>', 'another config.yaml')
  .option('--json', 'print one JSON object as the last line')

/** Of a topic, where --last is not named: an hour. */
const lastOfTopic = 3600

export const driftCommand = (argv?: string[]): Promise<void> => runCommand<Options>(program, run, argv)

async function run(options: Options): Promise<void> {
  if (options.history !== undefined) return await showHistory(options, options.history)
  const config = readConfig(options.config)
  if (options.saveProfile !== undefined) return save(options, options.saveProfile, config)
  if (options.failOn !== undefined && !['drift', 'quality'].includes(options.failOn))
    throw new SpikeError('BAD_ARGUMENT', `--fail-on takes drift or quality, not '${options.failOn}'`)
  checkSource(options)
  const name = options.name ?? nameOf(options)
  if (!/^[\w.-]+$/.test(name))
    throw new SpikeError('BAD_ARGUMENT', `--name takes letters, digits, dot, dash and underscore, not '${name}'`)
  const { out } = options
  const models = options.model ?? (existsSync(runPaths.evaluation) ? runPaths.models : undefined)
  const theirs = evidentlyFiles(out, name)
  const outputs = ['html', 'json'].map(ending => join(out, `${name}.${ending}`))
  keepInputs(readBy(options), { '--out': [...outputs, ...(options.evidently ? Object.values(theirs) : [])] })
  if (options.evidently) refuseOtherReports(Object.values(theirs), outputs[1])
  const python = options.evidently ? await ensurePythonEnv() : null
  const last = options.last ?? (options.topic === undefined ? undefined : lastOfTopic)
  const judged = { last, out, name, config }
  // A champion may have been replaced since.
  const write = async () =>
    await writeDriftReport({ source: await open(options), ...judged, model: models && chooseModel(models) })
  if (options.every !== undefined)
    return await watchDrift(options.every, stopOnSignal('drift'), async () => (await write()).report)
  const { html, json, report } = await withProgress(!options.json, async say => {
    say('reading and comparing columns')
    return await write()
  })
  const { advice, dataset, quality } = report
  console.log(`${report.simulated ? 'simulated data: ' : ''}${advice.text} ${advice.why}`)
  console.log(
    `Evidently-compatible: ${dataset.count} of ${dataset.columns} columns drift; ` +
      `scale-free: ${dataset.scale_free.count} drift, ${dataset.scale_free.undecided} undecided; ` +
      `data quality: ${quality.faults.length} faults. Open ${html}`,
  )
  if (python) {
    const { features, reference = features!, current = features! } = options
    const found = await withProgress(!options.json, async say => {
      say("making Evidently's own report")
      return await writeEvidently(python, report, { reference, current }, theirs)
    })
    console.log(`Evidently itself: ${found.count} of ${found.columns} columns drift. Open ${theirs.html}`)
  }
  const failure = explainFailure(options.failOn, report)
  if (options.json)
    console.log(
      JSON.stringify({
        simulated: report.simulated,
        advice,
        drifted: dataset.drifted,
        share: dataset.share,
        scale_free: dataset.scale_free,
        quality: { passed: quality.passed, faults: quality.faults.length },
        failed: failure !== null,
        files: { html, json, ...(python && { evidently: theirs }) },
      }),
    )
  if (failure !== null) throw new SpikeError('CHECK_FAILED', failure)
}

async function showHistory({ json, ...options }: Options, folder: string): Promise<void> {
  const { reference, current, features, profile, saveProfile: stored, topic } = options
  if ([reference, current, features, profile, stored, topic].some(value => value !== undefined))
    throw new SpikeError('BAD_ARGUMENT', '--history goes alone: it reads the reports that lie in its folder')
  const { html, reports, others } = await writeDriftHistory(folder)
  if (others.length > 0) console.error(`drift: no drift reports with times, left out: ${others.join(', ')}`)
  console.log(`${reports.length} drift reports over time. Open ${html}`)
  if (json) console.log(JSON.stringify({ history: html, reports: reports.length, left_out: others }))
}

async function save(options: Options, path: string, config: Config): Promise<void> {
  const { reference, profile, current, features, topic } = options
  if ((reference === undefined) === (profile === undefined) || current !== undefined || features !== undefined || topic)
    throw new SpikeError('BAD_ARGUMENT', '--save-profile goes with --reference, or with --profile, and nothing else')
  keepInputs(readBy(options), { '--save-profile': path })
  const from = reference === undefined ? { profiles: profile! } : { reference }
  const { rows, columns } = await saveProfile(path, from, config)
  const count = Object.keys(columns).length
  console.log(`${count} columns of ${rows} rows stored in ${path}`)
  if (options.json) console.log(JSON.stringify({ profile: path, rows, columns: count }))
}

/** Every file that is read, by its option. */
function readBy({ reference, current, features, profile, model, config = projectConfig }: Options) {
  return {
    ...{ '--reference': reference, '--current': current, '--features': features },
    ...{ '--profile': profile, '--model': model, '--config': config },
  }
}

function checkSource(options: Options): void {
  const { reference, current, features, earlyLate, profile, topic, last, every, evidently, failOn } = options
  if (evidently && profile !== undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      '--evidently needs the rows of both sides: name --reference in place of --profile',
    )
  if (every !== undefined && (topic === undefined || evidently || failOn !== undefined))
    throw new SpikeError('BAD_ARGUMENT', '--every goes with --topic, and without --evidently and --fail-on')
  const given = [reference, features, profile].filter(value => value !== undefined).length
  const judged = [current, topic].filter(value => value !== undefined).length
  const halves = features !== undefined && earlyLate === true && judged === 0 && last === undefined
  const files = reference !== undefined && current !== undefined && topic === undefined && !earlyLate
  const stored = profile !== undefined && judged === 1 && !earlyLate
  if (given !== 1 || !(halves || files || stored))
    throw new SpikeError(
      'BAD_ARGUMENT',
      'name either --reference and --current, or --features with --early-late, or --profile with --current or --topic',
    )
}

async function open({ reference, current, features, profile, topic, topics, last }: Options): Promise<Source> {
  if (features !== undefined) return { features }
  if (profile === undefined) return { reference: reference!, current: current! }
  if (topic === undefined) return { profiles: profile, current: current! }
  const streams = await openStreams(topics!, 'there')
  try {
    const { side, skipped } = await readSideOfTopic(streams, topic, last ?? lastOfTopic)
    if (skipped > 0) console.error(`drift: topic ${topic}: ${skipped} records are not rows of this spec, left out`)
    return { profiles: profile, current: side }
  } finally {
    await streams.close()
  }
}

function nameOf({ features, reference, current, topic, last }: Options): string {
  if (features !== undefined) return 'early_vs_late'
  const part = (path: string): string =>
    path
      .replace(/^.*[\\/]/, '')
      .replace(/\.parquet$/, '')
      .replace(/^features_/, '')
      .replace(/[^\w.-]/g, '_')
  const judged = topic !== undefined || last !== undefined ? 'last' : part(current!)
  return `${judged}_vs_${reference === undefined ? 'profile' : part(reference)}`
}
