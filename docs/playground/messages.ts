import type { Summary } from './replay_file.ts'
import type { Series } from './series.ts'

/** From the page to its worker: a file first; then questions about its rows. */
export type Question =
  | { kind: 'file'; file: File; products: string[] }
  | { kind: 'series'; product: string; feature: string; place: number }
  | { kind: 'rows'; product: string; from: number; count: number }

/** Some rows of a product as they stand in its part of the table. */
export interface Rows {
  from: number
  times: number[]
  /** One list a row, in the order of the spec. */
  values: number[][]
}

/** From the worker to the page. */
export type Answer =
  | { kind: 'progress'; bytes: number; events: number }
  | { kind: 'summary'; summary: Summary }
  | { kind: 'series'; place: number; feature: string; series: Series }
  | { kind: 'rows'; product: string; rows: Rows }
  | { kind: 'failed'; faults: string[] }
