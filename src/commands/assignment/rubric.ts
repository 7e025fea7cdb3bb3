import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkHandoff } from '../../publish/handoff/check.ts'
import { besideFeatures, runPaths } from '../../run_paths.ts'
import { fileItem, found, type Item, lacking } from './item.ts'
import { driftItem, featureFile, modelling, reportItem } from './modelling.ts'
import { replayIsLive, streaming } from './streaming.ts'

/** Where what is the project's own lies, not the run's. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url))

const checkout = 'git checkout -- .'
const { train, test } = besideFeatures(runPaths.features)

const appendix: Item = {
  name: 'GenAI appendix, filled in',
  mend: 'vi docs/genai_appendix.md',
  look({ run }) {
    const path = join(run, 'docs/genai_appendix.md')
    if (!existsSync(path)) return lacking('no docs/genai_appendix.md; write one entry for each use of a tool')
    const entries = readFileSync(path, 'utf8')
      .split(/^## Entries$/m)
      .at(-1)!
    const filled = entries.match(/^Prompt \(summary\): *\S/gm)?.length ?? 0
    if (filled > 0) return found(`${filled} ${filled === 1 ? 'entry' : 'entries'}`)
    return lacking('no entry yet; it is yours to write, and "no tool was used" is one')
  },
}

const handoff: Item = {
  name: 'Hand-off folder; its slice gives its rows and predictions again',
  mend: 'npm run handoff',
  async look({ run }) {
    const { files, rows, digest } = await checkHandoff(join(run, runPaths.handoff))
    return found(`${files} files as in the manifest, ${rows} rows of digest ${digest.slice(0, 16)}…`)
  },
}

/** The rubric of the assignment, by area: its points, and what each is looked for in. */
export const rubric: { area: string; points: number; items: Item[] }[] = [
  {
    area: 'Streaming & Packaging',
    points: 25,
    items: [
      ...streaming,
      fileItem(
        'Kafka, MLflow and all jobs in Docker (the images are for you to build)',
        'docker/compose.yaml',
        checkout,
        projectRoot,
      ),
      fileItem('Ingestor in a container', 'docker/Dockerfile.ingestor', checkout, projectRoot),
    ],
  },
  {
    area: 'Feature Engineering & Drift',
    points: 25,
    items: [
      featureFile,
      replayIsLive,
      fileItem('Feature spec with horizon, label and tau', 'docs/feature_spec.md', 'npm run docs', projectRoot),
      fileItem(
        'Exploratory notebook, executed',
        `${runPaths.reports}/eda.ipynb`,
        `npm run notebook -- --features ${runPaths.features}`,
      ),
      driftItem(
        'Drift and data quality, early against late',
        path => path.includes('early_vs_late'),
        `npm run drift -- --features ${runPaths.features} --early-late`,
        false,
      ),
    ],
  },
  {
    area: 'Modeling & Evaluation',
    points: 30,
    items: [
      ...modelling,
      reportItem('Evaluation report', runPaths.evaluationPdf, 'npm run report'),
      driftItem(
        'Drift, test against training',
        path => !path.includes('early_vs_late'),
        `npm run drift -- --reference ${train} --current ${test}`,
        true,
      ),
    ],
  },
  {
    area: 'Docs & Professionalism',
    points: 20,
    items: [
      fileItem('Scoping brief', 'docs/scoping_brief.pdf', 'npm run docs', projectRoot),
      reportItem('Model card', runPaths.modelCard, 'npm run report'),
      appendix,
      handoff,
    ],
  },
]
