import { join } from 'node:path'
import { writeFileAtomically } from '../atomic.ts'
import { type Config, readConfig } from '../config.ts'
import { simulatedFile } from '../tables/metadata.ts'
import { renderDrift } from './drift_html.ts'
import { assembleReport, type DriftReport } from './drift_report.ts'
import { splitHalves } from './halves.ts'
import { readModelUse } from './model_inputs.ts'
import type { StreamCounts } from './quality.ts'
import { readSide, type Side } from './read_columns.ts'

export interface DriftOptions {
  /** Two Parquet files, or one whose early half is compared with its late half. */
  source: { reference: string; current: string } | { features: string }
  /** Folder for `<name>.html` and `<name>.json`. */
  out: string
  name: string
  /** Model folder or model.json: says which columns the model uses, and tau. */
  model?: string
  tau?: Record<string, number>
  stream?: StreamCounts
  config?: Config
}

/**
 * Compares two sides and writes the report as HTML and JSON, both or none of them new.
 * @throws SpikeError BAD_FILE, BAD_TABLE, TOO_FEW_ROWS, BAD_MODEL.
 */
export async function writeDriftReport(
  options: DriftOptions,
): Promise<{ html: string; json: string; report: DriftReport }> {
  const config = options.config ?? readConfig()
  const model = options.model === undefined ? null : readModelUse(options.model)
  const { reference, current, title } = await readSides(options.source)
  const report = assembleReport(reference, current, {
    title,
    simulated: [reference, current].some(side => simulatedFile(side.metadata)),
    modelInputs: model?.inputs ?? null,
    tau: options.tau ?? model?.tau ?? null,
    stream: options.stream ?? null,
    blockSeconds: config.models.bootstrap_block_s,
    resetSeconds: config.time.session_reset_s,
    seed: config.models.seed,
  })
  const html = join(options.out, `${options.name}.html`)
  const json = join(options.out, `${options.name}.json`)
  const page = renderDrift(report)
  await writeFileAtomically(json, `${JSON.stringify(report)}\n`)
  await writeFileAtomically(html, page)
  return { html, json, report }
}

async function readSides(source: DriftOptions['source']): Promise<{ reference: Side; current: Side; title: string }> {
  if ('features' in source) {
    const { early, late } = splitHalves(await readSide(source.features))
    return { reference: early, current: late, title: 'Early against late half of the capture' }
  }
  const [reference, current] = await Promise.all([readSide(source.reference), readSide(source.current)])
  return { reference, current, title: `${titleOf(source.current)} against ${titleOf(source.reference)}` }
}

/** A file's name without folder and ending. */
function titleOf(path: string): string {
  return path.replace(/^.*[\\/]/, '').replace(/\.parquet$/, '')
}
