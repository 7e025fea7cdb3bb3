import { SpikeError } from '../../errors.ts'
import { type ClosedCandles, closedCandles } from '../../market/klines/closed_candles.ts'
import type { Kline } from '../../market/klines/kline.ts'
import { readKlineFile } from '../../market/klines/read_klines.ts'

export interface CandleFile extends ClosedCandles {
  /** The exchange's name of the product; null where no row says. */
  product: string | null
  /** Made of a simulated market, as far as the file says. */
  simulated: boolean
  /** Lines or items that hold no candle. */
  others: number
}

/**
 * Reads the closed candles of one product out of files of klines.
 * @param product of several that are named the one to take; the name of those that have none.
 * @throws SpikeError BAD_FILE where there are none; BAD_ARGUMENT where they are of several products and none is chosen.
 */
export async function readCandles(
  paths: string[],
  product: string | undefined,
  note: (text: string) => void,
): Promise<CandleFile> {
  const all: Kline[] = []
  let others = 0
  for (const path of paths) {
    const file = await readKlineFile(path, text => note(`${path}: ${text}`))
    others += file.others
    for (const kline of file.klines) all.push(kline)
  }
  const symbols = [...new Set(all.map(({ symbol }) => symbol))]
  const chosen = product ?? (symbols.length === 1 ? symbols[0] : undefined)
  const names = symbols.map(symbol => symbol ?? 'rows without one').join(', ')
  if (chosen === undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${paths.join(', ')}: holds several products, ${names}; name one with --product`,
    )
  const ofOne = all.filter(({ symbol }) => symbol === chosen || (symbol === null && symbols.length === 1))
  const found = closedCandles(ofOne)
  if (found.table.rows > 0) return { ...found, product: chosen, simulated: false, others }
  const { unfinished, bad } = found.counts
  throw new SpikeError(
    'BAD_FILE',
    ofOne.length === 0
      ? `${paths.join(', ')}: holds nothing of ${chosen}, but ${names}`
      : `${paths.join(', ')}: holds no closed candle of ${chosen ?? 'its product'} (${unfinished} unfinished, ${bad} with numbers that no candle has)`,
  )
}
