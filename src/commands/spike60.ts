import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { command, runProgram } from '../operations/command.ts'
import { endWithParent } from '../operations/stopping.ts'
import { completionScript } from './completion.ts'

type Run = (argv: string[]) => Promise<void>

/** Every command, by group: what it does in a line, and where its code is, read only when it is called. */
const groups: Record<string, Record<string, [string, () => Promise<Run>]>> = {
  Start: {
    start: [
      'everything in one command, and a page that shows it',
      async () => (await import('./start.ts')).startCommand,
    ],
    demo: [
      'every step in one run: simulated, from saved files, or live',
      async () => (await import('./demo.ts')).demoCommand,
    ],
  },
  Capture: {
    ingest: [
      'market data from an exchange to files and to a topic',
      async () => (await import('./ingest.ts')).ingestCommand,
    ],
    simulate: ['serve a simulated exchange', async () => (await import('./simulate.ts')).simulateCommand],
    feed: ['put saved market data on a topic', async () => (await import('./feed.ts')).feedCommand],
    archive: [
      'recordings into a bucket, and back from there',
      async () => (await import('./archive.ts')).archiveCommand,
    ],
    check: ['check the records of a topic against their schema', async () => (await import('./check.ts')).checkCommand],
    redrive: [
      'give dead letters or late events another try',
      async () => (await import('./redrive.ts')).redriveCommand,
    ],
  },
  Features: {
    featurize: [
      'rows of features from a topic, as events come',
      async () => (await import('./featurize.ts')).featurizeCommand,
    ],
    backfill: [
      'the same rows of years of saved data, on all cores',
      async () => (await import('./backfill.ts')).backfillCommand,
    ],
    replay: ['the same rows from saved market data', async () => (await import('./replay.ts')).replayCommand],
    windows: [
      'sliding windows over trades: VWAP, averages, deviations',
      async () => (await import('./windows.ts')).windowsCommand,
    ],
    trend: [
      'the last six minutes of each product, a table a minute',
      async () => (await import('./trend.ts')).trendCommand,
    ],
    store: [
      'windows and candles into a database or a lake, each once',
      async () => (await import('./store.ts')).storeCommand,
    ],
    notebook: [
      'execute the exploratory notebook over a feature file',
      async () => (await import('./notebook.ts')).notebookCommand,
    ],
    drift: ['compare two sets of rows: drift and data quality', async () => (await import('./drift.ts')).driftCommand],
  },
  Models: {
    train: [
      'train by time, judge against baselines, audit for leaks',
      async () => (await import('./train.ts')).trainCommand,
    ],
    retrain: [
      'a challenger against the champion, on what neither has seen',
      async () => (await import('./retrain.ts')).retrainCommand,
    ],
    infer: ['score a feature file, or rows as they come', async () => (await import('./infer.ts')).inferCommand],
    settle: [
      'score predictions against the labels that have come',
      async () => (await import('./settle.ts')).settleCommand,
    ],
    report: ['evaluation PDF, model card, exploration', async () => (await import('./report.ts')).reportCommand],
  },
  Signals: {
    signals: [
      'indicators, signals and a paper portfolio of saved candles',
      async () => (await import('./signals.ts')).signalsCommand,
    ],
    equities: [
      'aggregates and anomaly scores of trades of shares',
      async () => (await import('./equities.ts')).equitiesCommand,
    ],
    news: [
      'which articles came out beside unusual volume, and how many by chance',
      async () => (await import('./news.ts')).newsCommand,
    ],
    sentiment: ['score English texts as VADER does', async () => (await import('./sentiment.ts')).sentimentCommand],
  },
  Operate: {
    alerts: [
      'alerts by rules, live or how many a day saved data would have given',
      async () => (await import('./alerts.ts')).alertsCommand,
    ],
    assignment: [
      'the rubric as a checklist, and what is missing',
      async () => (await import('./assignment.ts')).assignmentCommand,
    ],
    serve: ['the topics over HTTP: JSON and a stream of events', async () => (await import('./serve.ts')).serveCommand],
    schemas: [
      'JSON Schemas of the topics, and a registry that gets them',
      async () => (await import('./schemas.ts')).schemasCommand,
    ],
    mlflow: ["MLflow's pages with every run", async () => (await import('./mlflow.ts')).mlflowCommand],
    handoff: [
      'the folder that another team starts from, and its check',
      async () => (await import('./handoff.ts')).handoffCommand,
    ],
    health: ['whether a job goes round, for a supervisor', async () => (await import('./health.ts')).healthCommand],
  },
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = command(
  'spike60',
  'Will the next 60 seconds of this market be a volatility spike? A workbench that answers honestly.',
  'spike60 demo             then: spike60 train --help',
)
  .version(version)
  .enablePositionalOptions()
  .configureHelp({ subcommandTerm: one => one.name() })
  .helpCommand(false)

for (const [group, commands] of Object.entries(groups))
  for (const [name, [summary, load]] of Object.entries(commands))
    program
      .command(name)
      .description(summary)
      .helpGroup(`${group}:`)
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .argument('[options...]')
      .action(async (_, __, { args }: Command) => await (await load())(['node', `spike60 ${name}`, ...args]))

program
  .command('completion')
  .description('print what makes a shell complete commands and options')
  .helpGroup('Operate:')
  .argument('<shell>', 'bash, zsh or fish')
  .action((shell: string) => console.log(completionScript(shell, Object.values(groups).flatMap(Object.keys))))

const { argv } = process
endWithParent()
await runProgram(program, argv.length > 2 ? argv : [...argv, '--help'])
