import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { driftBody } from './bodies.ts'
import { plainRoute, type Route } from './route.ts'

type Report = z.infer<typeof driftBody>['report']

const side = z.object({ rows: z.int(), from: z.string().nullable(), to: z.string().nullable() })
const count = z.int()
/** What is shown of the JSON that `drift` writes. */
const written = z.object({
  format: z.literal('spike60-drift'),
  advice: z.object({ action: z.string(), text: z.string(), why: z.string() }),
  ...{ reference: side, current: side },
  dataset: z.object({ count, columns: count, scale_free: z.object({ count, undecided: count }) }),
  columns: z.array(
    z.object({
      ...{ name: z.string(), used_by_model: z.boolean().nullable(), shift: z.string() },
      evidently: z.object({ score: z.number().nullable(), drifted: z.boolean() }),
      scale_free: z.object({
        ...{ score: z.number().nullable(), p_adjusted: z.number().nullable(), verdict: z.string() },
      }),
    }),
  ),
})

/** How the newest rows differ from those of the training, as the part `drift` has compared them last. @param path of its JSON. */
export function driftRoute(path: string | undefined): Route {
  let kept: { at: number; report: Report } = { at: Number.NaN, report: null }
  const read = (path: string): Report => {
    try {
      const at = statSync(path).mtimeMs
      if (at !== kept.at) kept = { at, report: shown(readFileSync(path, 'utf8')) }
      return kept.report
    } catch {
      return null
    }
  }
  return plainRoute({
    ...{ path: '/drift', summary: 'The newest rows beside those of the training, column by column.' },
    ...{ query: z.object({}), body: driftBody },
    answer(view) {
      const report = path === undefined ? null : read(path)
      return { body: { simulated: view.simulated(), reason: report === null ? reasonOf(path) : null, report } }
    },
  })
}

function reasonOf(path: string | undefined): string {
  return path === undefined
    ? 'nothing watches drift here: npm run drift -- --every does, and serve --drift shows what it writes'
    : 'nothing has been compared yet: the first time is within two minutes of the first model'
}

/** The columns of the model first, then by how far they lie apart. */
function shown(text: string): Report {
  const { advice, reference, current, dataset, columns } = written.parse(JSON.parse(text))
  const rows = columns.map(({ name, used_by_model, shift, evidently, scale_free }) => ({
    ...{ name, used_by_model, verdict: scale_free.verdict, distance: scale_free.score, p: scale_free.p_adjusted },
    ...{ evidently: evidently.score, evidently_drifted: evidently.drifted, shift },
  }))
  rows.sort((a, b) => Number(b.used_by_model) - Number(a.used_by_model) || (b.distance ?? 0) - (a.distance ?? 0))
  const { count, undecided } = dataset.scale_free
  const counts = { counted: dataset.columns, drifted: count, undecided, drifted_by_evidently: dataset.count }
  return { advice, reference, current, ...counts, columns: rows }
}
