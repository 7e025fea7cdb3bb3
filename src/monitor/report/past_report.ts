import { z } from 'zod'
import { readText } from '../../files/read_text.ts'
import { reportFormat } from './drift_report.ts'

/** What a page over time takes of a drift report; rows without time have no place on it. */
const pastReport = z.object({
  format: z.literal(reportFormat),
  title: z.string(),
  simulated: z.boolean(),
  advice: z.object({ text: z.string() }).optional(),
  current: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  dataset: z.object({
    drifted: z.boolean(),
    share: z.number().min(0).max(1),
    count: z.number(),
    columns: z.number(),
    threshold: z.number(),
    scale_free: z.object({
      drifted: z.boolean(),
      share: z.number().min(0).max(1),
      count: z.number(),
      undecided: z.number(),
    }),
    model_columns_drifted: z.array(z.string()).nullable(),
  }),
  quality: z.object({ faults: z.array(z.string()) }),
})

/** A drift report of a folder, with the name of its file. */
export type PastReport = z.infer<typeof pastReport> & { file: string }

/** The drift report in a JSON file; null where it is none. */
export function readPastReport(path: string): z.infer<typeof pastReport> | null {
  try {
    return pastReport.parse(JSON.parse(readText(path)))
  } catch {
    return null
  }
}
