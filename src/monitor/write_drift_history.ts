import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { keepOthers } from '../files/keep_others.ts'
import { checkFilePlace, kindOf } from '../files/place.ts'
import { historyMark, renderHistory } from './page/history_html.ts'
import { type PastReport, readPastReport } from './report/past_report.ts'

/**
 * Puts all drift reports of a folder on one page, `history.html` in it, in the order of what they judge.
 * @returns the page, how many reports it holds, and the JSON files that are none.
 * @throws SpikeError BAD_FILE where the folder holds no report, or a page of somebody else under that name.
 * @example
 * const { html, reports } = await writeDriftHistory('reports/evidently')
 */
export async function writeDriftHistory(
  folder: string,
): Promise<{ html: string; reports: PastReport[]; others: string[] }> {
  if (kindOf(folder) !== 'folder')
    throw new SpikeError('BAD_FILE', `${folder}: is no folder; name the one in which drift reports lie`)
  const html = join(folder, 'history.html')
  checkFilePlace(html)
  keepOthers([html], first => first.includes(historyMark))
  const reports: PastReport[] = []
  const others: string[] = []
  for (const file of readdirSync(folder).filter(name => name.endsWith('.json') && !name.endsWith('.evidently.json'))) {
    const report = readPastReport(join(folder, file))
    if (report === null) others.push(file)
    else reports.push({ ...report, file })
  }
  if (reports.length === 0)
    throw new SpikeError(
      'BAD_FILE',
      `${folder}: holds no drift report; write some with npm run drift, each by its own --name`,
    )
  reports.sort((a, b) => Date.parse(a.current.to) - Date.parse(b.current.to) || (a.file < b.file ? -1 : 1))
  await writeFileAtomically(html, renderHistory(reports))
  return { html, reports, others: others.sort() }
}
