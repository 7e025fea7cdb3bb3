import type { Config } from '../../config.ts'
import type { GiveWindow } from '../../core/indicators/windows/product_windows.ts'
import { SymbolTable } from '../../core/indicators/windows/symbol_table.ts'
import type { WindowRow } from '../../core/indicators/windows/window_row.ts'
import type { Say } from '../../operations/progress.ts'
import { WindowsPartition, type WindowsSettings } from './partition.ts'
import { readTrades } from './read_trades.ts'
import { totalOf, type WindowsResult } from './status.ts'
import { configuredSymbols } from './symbols.ts'

export interface WindowsReplay extends WindowsResult {
  /** The highest revision of each window, by product, length and start. */
  rows: WindowRow[]
  events: number
}

/**
 * Makes windows of saved data through the operator of the live job: bronze, captures, or files of trades, one a line, in the
 * order given. At the end of the input open windows are given as they are.
 * @throws SpikeError as `readEvents` and `configuredSymbols`.
 */
export async function replayWindows(
  paths: string[],
  config: Config,
  settings: WindowsSettings,
  say: Say = () => {},
): Promise<WindowsReplay> {
  const latest = new Map<string, WindowRow>()
  const give: GiveWindow = row => void latest.set(`${row.product} ${row.start} ${row.end}`, row)
  const symbols = new SymbolTable(configuredSymbols(config))
  const work = new WindowsPartition(settings, { raw: '', windows: '', candles: null }, symbols, give)
  let events = 0
  for await (const batch of readTrades(paths, config)) {
    for (const event of batch) work.takeEvent(event, events++, false)
    work.due.length = 0
    say('events', events)
  }
  work.giveOpen()
  return { rows: [...latest.values()].sort(byWindow), events, ...totalOf([work]) }
}

/** The order of a file of windows: product, length, start. */
export function byWindow(a: WindowRow, b: WindowRow): number {
  if (a.product !== b.product) return a.product < b.product ? -1 : 1
  return a.end - a.start - (b.end - b.start) || a.start - b.start
}
