import { isoTime } from '../../core/math/time.ts'
import type { TraderSettings } from '../../core/trading/trader.ts'
import type { SignalRows } from '../../jobs/trade/signals.ts'
import { plotSignals, signalPlots } from '../plots/signals.ts'
import { figureTable, signalSentences } from '../terminal/signals_table.ts'
import { activityReportFiles, writeActivityReport } from './activity_pdf.ts'

/** Every file of a report: the page, then the plots. */
export function signalReportFiles(folder: string): string[] {
  return activityReportFiles(folder, 'signals', signalPlots)
}

/** Writes the plots of signals as SVG and PNG, and one page as PDF. @param files as `signalReportFiles` gives them. */
export async function writeSignalReport(files: string[], result: SignalRows, settings: TraderSettings): Promise<void> {
  const { start } = result.candles.table
  const { rsi, windows, exit, portfolio } = settings
  const product = result.candles.product ?? 'one product'
  const page = {
    ...{ title: 'Signals and a paper portfolio', simulated: result.candles.simulated },
    footer: `On paper: no order is ever placed. Digest ${result.digest.slice(0, 16)}`,
    ...{ from: isoTime(start[0]).slice(0, 16), to: isoTime(start[start.length - 1]).slice(0, 16) },
    settings: `${product}: RSI ${rsi} over ${windows}, exit ${exit}, portfolio ${portfolio}; ${start.length} candles`,
    ...{ verdict: signalSentences(result), table: figureTable(result) },
  }
  await writeActivityReport(files, page, plotSignals(result, rsi))
}
