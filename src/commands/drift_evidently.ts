import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { SpikeError } from '../errors.ts'
import { replaceTogether } from '../files/together.ts'
import type { DriftReport } from '../monitor/report/drift_report.ts'
import type { PythonEnv } from '../operations/python_env.ts'

const script = fileURLToPath(new URL('../../docker/python/evidently_report.py', import.meta.url))
const answer = z.object({ count: z.number(), columns: z.number() })

/** Where Evidently's own report of a drift report lies. */
export function evidentlyFiles(out: string, name: string): { html: string; json: string } {
  return { html: join(out, `${name}.evidently.html`), json: join(out, `${name}.evidently.json`) }
}

/**
 * Lets the real Evidently write its report, HTML and JSON, of the rows and columns that ours compared. Columns without a value
 * on either side are left out, because Evidently ends with an error there.
 * @param files Parquet files of both sides; one file in both places is split where the report splits it.
 * @returns how many of the columns drift, as Evidently says.
 * @throws SpikeError CHECK_FAILED when Evidently ends with an error.
 */
export async function writeEvidently(
  { python }: PythonEnv,
  report: DriftReport,
  files: { reference: string; current: string },
  { html, json }: { html: string; json: string },
): Promise<{ count: number; columns: number }> {
  const whole = files.reference !== files.current
  const job = {
    ...files,
    until: whole ? null : report.current.from,
    since: report.current.from,
    columns: report.columns
      .filter(({ reference, current }) => reference.n > 0 && current.n > 0)
      .map(({ name }) => name),
  }
  let found = { count: 0, columns: 0 }
  await replaceTogether(`${html}.replacing`, [html, json], async staged => {
    const places = { html: staged(html), json: staged(json) }
    try {
      const { stdout } = await promisify(execFile)(python, [script, JSON.stringify({ ...job, ...places })])
      found = answer.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
    } catch (cause) {
      const last = cause instanceof Error ? cause.message.trim().split('\n').at(-1) : String(cause)
      throw new SpikeError('CHECK_FAILED', `Evidently could not compare these rows: ${last}; our own report is there`, {
        cause,
      })
    }
  })
  return found
}
