import { command, runCommand } from '../cli.ts'
import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import type { DriftReport } from '../monitor/drift_report.ts'
import { formatShare } from '../monitor/format.ts'
import { type DriftOptions, writeDriftReport } from '../monitor/write_drift_report.ts'

export { writeDriftReport }

interface Options {
  reference?: string
  current?: string
  features?: string
  earlyLate?: boolean
  out: string
  name?: string
  failOn?: string
  model?: string
  config?: string
  json?: boolean
}

const program = command(
  'drift',
  'Compares two sets of rows column by column and writes the drift and data-quality report, HTML and JSON.',
  'npm run drift -- --reference data/processed/features_train.parquet --current data/processed/features_test.parquet --model models/artifacts/logistic',
)
  .option('--reference <parquet>', 'the rows to compare with')
  .option('--current <parquet>', 'the rows that are judged')
  .option('--features <parquet>', 'one file, whose halves are compared; with --early-late')
  .option('--early-late', 'first against second half of --features')
  .option('--out <folder>', 'where <name>.html and <name>.json go', 'reports/evidently')
  .option('--name <name>', 'name of the report (default: early_vs_late, or reference_vs_current from the file names)')
  .option('--fail-on <what>', 'exit 1 when it is found: drift or quality')
  .option('--model <folder>', 'model whose columns are marked')
  .option('--config <yaml>', 'another config.yaml')
  .option('--json', 'print one JSON object as the last line')

if (import.meta.main) await runCommand<Options>(program, run)

async function run(options: Options): Promise<void> {
  const source = chooseSource(options)
  if (options.failOn !== undefined && !['drift', 'quality'].includes(options.failOn))
    throw new SpikeError('BAD_ARGUMENT', `--fail-on takes drift or quality, not '${options.failOn}'`)
  const name = options.name ?? nameOf(source)
  if (!/^[\w.-]+$/.test(name))
    throw new SpikeError('BAD_ARGUMENT', `--name takes letters, digits, dot, dash and underscore, not '${name}'`)
  const { html, json, report } = await writeDriftReport({
    source,
    out: options.out,
    name,
    model: options.model,
    config: readConfig(options.config),
  })
  const { dataset, quality } = report
  console.log(
    `${report.simulated ? 'simulated data: ' : ''}Evidently-compatible: ${dataset.count} of ${dataset.columns} columns drift; ` +
      `scale-free: ${dataset.scale_free.count} drift, ${dataset.scale_free.undecided} undecided; ` +
      `data quality: ${quality.faults.length} faults. Open ${html}`,
  )
  if (options.json)
    console.log(
      JSON.stringify({
        simulated: report.simulated,
        drifted: dataset.drifted,
        share: dataset.share,
        scale_free: dataset.scale_free,
        quality: { passed: quality.passed, faults: quality.faults.length },
        files: { html, json },
      }),
    )
  failOn(options.failOn, report)
}

function chooseSource(options: Options): DriftOptions['source'] {
  const { reference, current, features, earlyLate } = options
  if (features !== undefined && earlyLate && reference === undefined && current === undefined) return { features }
  if (reference !== undefined && current !== undefined && features === undefined && !earlyLate)
    return { reference, current }
  throw new SpikeError('BAD_ARGUMENT', 'name either --reference and --current, or --features with --early-late')
}

function nameOf(source: DriftOptions['source']): string {
  if ('features' in source) return 'early_vs_late'
  const part = (path: string): string =>
    path
      .replace(/^.*[\\/]/, '')
      .replace(/\.parquet$/, '')
      .replace(/^features_/, '')
      .replace(/[^\w.-]/g, '_')
  return `${part(source.current)}_vs_${part(source.reference)}`
}

function failOn(what: string | undefined, { dataset, quality }: DriftReport): void {
  if (what === 'drift' && (dataset.drifted || dataset.scale_free.drifted))
    throw new SpikeError(
      'CHECK_FAILED',
      `the data drift: ${formatShare(dataset.share)} of the columns by Evidently's rule, ${formatShare(dataset.scale_free.share)} by the scale-free one, allowed below ${formatShare(dataset.threshold)}`,
    )
  if (what === 'quality' && !quality.passed)
    throw new SpikeError(
      'CHECK_FAILED',
      `data quality has ${quality.faults.length} faults, the first: ${quality.faults[0]}`,
    )
}
