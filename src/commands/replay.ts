import { projectConfig, readConfig } from '../config.ts'
import { totalCounts } from '../core/features/engine_counts.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { deadFileOf } from '../jobs/replay/dead_file.ts'
import { type DisturbedReport, replay } from '../jobs/replay/replay.ts'
import { describeLeftOut } from '../market/decode/left_out.ts'
import { command, outputFile, plainNumber, runCommand, warn, wholeNumber } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
import { runPaths } from '../run_paths.ts'

interface Arguments {
  raw: string[]
  out?: string
  shuffle?: number
  duplicate?: number
  drop?: number
  seed?: number
  config?: string
  json?: boolean
}

async function main({ raw, config: configPath, json, ...options }: Arguments): Promise<void> {
  const config = readConfig(configPath)
  const disturbance = disturbanceOf(options, config.models.seed)
  const out = options.out ?? (disturbance ? null : runPaths.features)
  const outputs = out === null ? {} : { '--out': out, 'dead letters': deadFileOf(out) }
  keepInputs({ '--raw': raw, '--config': configPath ?? projectConfig }, outputs)
  const result = await withProgress(!json, say => replay({ raw, out, config, disturbance, say }))
  const { digest, rows, labelled, simulated, perturbation, products, decoded, disturbed } = result
  const counts = totalCounts(Object.values(products))
  const dead = result.deadLetters
  if (json) {
    console.log(
      JSON.stringify({
        ...{ digest, rows, labelled, simulated, perturbation, dead, counts, products, decoded, out, disturbed },
        ...{ left_out: result.leftOut, notes: result.notes },
      }),
    )
    return
  }
  if (result.deadFile !== null) console.error(`dead letters are in ${result.deadFile}`)
  console.log(
    [
      `${counts.quotes} quotes, ${counts.trades} trades, ${counts.gaps - counts.withdrawn} gaps; ${counts.late} late, ${counts.duplicates} repeated, ${sumOf(counts.rejected)} rejected, ${dead} dead letters`,
      `${rows} rows (${labelled} with the volatility of the next 60 s)${out ? ` in ${out}` : ''}${simulated ? ' (simulated)' : ''}`,
      `leak test on ${perturbation.rows} rows: ${perturbation.verdict}${perturbation.detail && `: ${perturbation.detail}`}`,
      `digest ${digest}`,
      ...(disturbed ? describeDisturbed(disturbed) : []),
    ].join('\n'),
  )
  for (const note of result.notes) warn(`note: ${note}`)
  for (const reason of describeLeftOut(result.leftOut)) warn(`left out: ${reason}`)
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** The disturbance that the arguments ask for; undefined when they ask for none. */
function disturbanceOf({ shuffle, duplicate, drop, seed }: Partial<Arguments>, ownSeed: number) {
  if (shuffle === undefined && duplicate === undefined && drop === undefined) {
    if (seed === undefined) return undefined
    throw new SpikeError('BAD_ARGUMENT', '--seed needs something to disturb: add --shuffle, --duplicate or --drop')
  }
  return { shuffle_s: shuffle ?? 0, duplicate: duplicate ?? 0, drop: drop ?? 0, seed: seed ?? ownSeed }
}

function describeDisturbed(report: DisturbedReport): string[] {
  const { shuffle_s, repeated, dropped, seed, equal, in_order_digest, difference } = report
  const done = `delayed by up to ${shuffle_s} s, ${repeated} repeated, ${dropped} dropped (seed ${seed})`
  if (equal) return [`${done}: equal to the run in order`]
  const { common, missing, extra } = difference
  return [
    `${done}: differs from the run in order, digest ${in_order_digest}`,
    `${common} rows in both, ${missing} missing, ${extra} extra; of the rows in both:`,
    ...difference.features.map(
      ({ name, unit, share, largest, null_share }) =>
        `  ${name}: ${percent(share)} differ (${percent(null_share)} null in one only), by at most ${largest.toPrecision(3)} ${unit}`,
    ),
  ]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

/** Parser for an option that takes a number from 0 on, below `limit`. */
function numberBelow(flag: string, limit: number): (text: string) => number {
  return text => {
    const value = plainNumber(text)
    if (value >= 0 && value < limit) return value
    const allowed = Number.isFinite(limit) ? `a number of at least 0 and below ${limit}` : 'a number of at least 0'
    throw new SpikeError('BAD_ARGUMENT', `${flag} takes ${allowed}, not '${text}'`)
  }
}

const program = command(
  'replay',
  'Makes features from saved raw data: the same rows, bit for bit, as the live featurizer.',
  "npm run replay -- --raw 'data/raw/*.ndjson' --out data/processed/features.parquet",
)
  .requiredOption(
    '--raw <file...>',
    'bronze files or captures, plain, gzip or zstd; a quoted pattern is expanded',
    files('--raw'),
  )
  .option(
    '--out <file>',
    `Parquet file to write; ${runPaths.features} when absent, none for a disturbed run`,
    outputFile('--out'),
  )
  .option(
    '--shuffle <seconds>',
    'delay events by up to so many seconds of event time',
    numberBelow('--shuffle', Number.POSITIVE_INFINITY),
  )
  .option('--duplicate <share>', 'share of the events that come twice', numberBelow('--duplicate', 1))
  .option('--drop <share>', 'share of the events that never come', numberBelow('--drop', 1))
  .option('--seed <n>', 'which events these are; models.seed of the configuration when absent', wholeNumber('--seed'))
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')

export const replayCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
