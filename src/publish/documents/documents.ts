import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { keepOthers } from '../../files/keep_others.ts'
import { examplePaths } from '../../run_paths.ts'
import type { Exploration } from '../eda/explore.ts'
import { evaluationPaper } from '../pdf/evaluation_pdf.ts'
import { compileFirstPage, compilePdf, isOurPdf } from '../pdf/typst.ts'
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
import { isModelCard, modelCard } from './model_card.ts'
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

/** What a checkout has of the documents, and which of them are another text or picture now. */
export interface WrittenDocuments {
  documents: number
  changed: string[]
}

/**
 * Writes those of `composeDocuments` that are not there as they are to be.
 * @throws SpikeError BAD_FILE for files of others under their names, CHECK_FAILED for a schema that is no longer compatible with the
 *   one that stands there under its version; nothing is written then.
 */
export async function writeDocuments(root: string, config: Config): Promise<WrittenDocuments> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  if (!exampleBlock.test(readme))
    throw new SpikeError(
      'BAD_FILE',
      `${join(root, 'README.md')}: lacks the lines <!-- example --> and <!-- /example -->, between which the results go; put them back`,
    )
  const documents = await composeDocuments(config, readExample(root), readme)
  refuseOtherDocuments(root, Object.keys(documents))
  refuseIncompatible(root, config)
  const changed: string[] = []
  for (const [path, data] of Object.entries(documents)) {
    const place = join(root, path)
    if (existsSync(place) && readFileSync(place).equals(Buffer.from(data))) continue
    await writeFileAtomically(place, data)
    changed.push(path)
  }
  return { documents: Object.keys(documents).length, changed }
}

/** How a document of each kind is known to be ours, the first that fits its path; a picture by the card beside it. */
const marks: [path: RegExp, isOurs: (first: string, last: string, root: string) => boolean][] = [
  [/model_card/, isModelCard],
  [/\.pdf$/, isOurPdf],
  [/\.svg$/, first => first.includes('>What npm run demo prints</title>')],
  [/\.json$/, first => first.includes('"$schema"')],
  [/\.(md|ts)$/, first => first.includes('by `npm run docs`; do not edit by hand.')],
  [/\.png$/, (_, __, root) => existsSync(join(root, examplePaths.modelCard))],
]

/** @param paths from the root; the README is of us and others. @throws SpikeError BAD_FILE for a file of somebody else. */
export function refuseOtherDocuments(root: string, paths: string[]): void {
  for (const path of paths.filter(path => path !== 'README.md')) {
    const [, isOurs] = marks.find(([kind]) => kind.test(path))!
    keepOthers([join(root, path)], (first, last) => isOurs(first, last, root))
  }
}

function refuseIncompatible(root: string, config: Config): void {
  const faults = topicSchemas(config).flatMap(({ path, schema }) => {
    const stored = join(root, path)
    const before = existsSync(stored) ? JSON.parse(readFileSync(stored, 'utf8')) : schema
    return incompatibilities(before, schema).map(fault => `${path}: ${fault}; give this topic's schema a new version`)
  })
  if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
}

const exampleBlock = /(<!-- example -->\n)[\s\S]*?(<!-- \/example -->)/

function replaceBlock(readme: string, text: string): string {
  return readme.replace(exampleBlock, (_, start, end) => `${start}${text}\n${end}`)
}
