import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { examplePaths } from '../../run_paths.ts'
import type { Exploration } from '../eda/explore.ts'
import { evaluationPaper } from '../pdf/evaluation_pdf.ts'
import { compileFirstPage, compilePdf } from '../pdf/typst.ts'
import { plotLifts } from '../plots/lifts.ts'
import { renderPng, renderSvg } from '../plots/plot.ts'
import { plotPriceStrip } from '../plots/price_strip.ts'
import { plotTau } from '../plots/tau_plots.ts'
import { plotWindowLife } from '../plots/window_life.ts'
import { readEvaluation } from '../read_evaluation.ts'
import { readExploration } from '../read_exploration.ts'
import { incompatibilities } from '../schemas/incompatibilities.ts'
import { topicSchemas } from '../schemas/topic_schemas.ts'
import type { Strip } from '../strip.ts'
import { featureSpec } from './feature_spec.ts'
import { modelCard } from './model_card.ts'
import { resultsTable } from './results_table.ts'
import { rowType } from './row_type.ts'
import { terminalPicture } from './terminal_picture.ts'

const brief = fileURLToPath(new URL('../pdf/scoping_brief.typ', import.meta.url))

/** The named example run of the simulated demo that the committed documents show. */
export interface Example {
  evaluation: Evaluation
  strip: Strip
  exploration: Exploration
  /** What `npm run demo` printed. */
  printed: string
}

/** Reads the example that is committed under `docs/example`. */
export function readExample(root: string): Example {
  return {
    evaluation: readEvaluation(join(root, examplePaths.evaluation)),
    strip: JSON.parse(readFileSync(join(root, examplePaths.strip), 'utf8')) as Strip,
    exploration: readExploration(join(root, examplePaths.exploration)),
    printed: readFileSync(join(root, examplePaths.printed), 'utf8'),
  }
}

/**
 * Every committed file that is written by a program, by path under the root: texts, PDFs, pictures, the type of a row. A pure function
 * of the settings, the example, the spec and the README, so that a test can tell a stale file.
 */
export async function composeDocuments(
  config: Config,
  { evaluation, strip, exploration, printed }: Example,
  readme: string,
): Promise<Record<string, string | Buffer>> {
  const paper = await evaluationPaper(evaluation, strip, exploration)
  const plots = {
    ...plotTau(evaluation, exploration),
    price_strip: plotPriceStrip(strip.products[0], evaluation.splits.test.prevalence, evaluation.simulated),
    lifts: plotLifts(evaluation),
  }
  const pictures: Record<string, Buffer> = {}
  for (const [name, spec] of Object.entries(plots))
    if (spec !== undefined) pictures[`docs/pictures/${name}.png`] = renderPng(await renderSvg(spec))
  return {
    'docs/feature_spec.md': featureSpec(config, evaluation, exploration),
    [examplePaths.modelCard]: modelCard(evaluation),
    'docs/scoping_brief.pdf': compilePdf({ template: brief, files: {} }),
    [examplePaths.evaluationPdf]: compilePdf(paper),
    'docs/pictures/model_eval.png': renderPng(compileFirstPage(paper), 1.6),
    ...pictures,
    'docs/pictures/demo.svg': terminalPicture('npm run demo', printed.split('\nOpen:')[0]),
    'docs/pictures/window_life.png': renderPng(await renderSvg(plotWindowLife())),
    'src/library/feature_row.ts': rowType(),
    ...Object.fromEntries(
      topicSchemas(config).map(({ path, schema }) => [path, `${JSON.stringify(schema, null, 1)}\n`]),
    ),
    'README.md': replaceBlock(readme, resultsTable(evaluation)),
  }
}

/**
 * Writes `composeDocuments` under the root.
 * @returns the paths written.
 * @throws SpikeError CHECK_FAILED for a schema that is no longer compatible with the one that stands there under its version.
 */
export async function writeDocuments(root: string, config: Config): Promise<string[]> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const documents = await composeDocuments(config, readExample(root), readme)
  refuseIncompatible(root, config)
  for (const [path, data] of Object.entries(documents)) await writeFileAtomically(join(root, path), data)
  return Object.keys(documents)
}

function refuseIncompatible(root: string, config: Config): void {
  const faults = topicSchemas(config).flatMap(({ path, schema }) => {
    const stored = join(root, path)
    const before = existsSync(stored) ? JSON.parse(readFileSync(stored, 'utf8')) : schema
    return incompatibilities(before, schema).map(fault => `${path}: ${fault}; give this topic's schema a new version`)
  })
  if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
}

function replaceBlock(readme: string, text: string): string {
  return readme.replace(
    /(<!-- example -->\n)[\s\S]*?(<!-- \/example -->)/,
    (_, start, end) => `${start}${text}\n${end}`,
  )
}
