/** Wilder's RSI beside TA-Lib itself, in a locked Python environment of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CandleValues, candleTable } from '../../../src/core/events/candle_values.ts'
import { candleColumns } from '../../../src/core/indicators/candle_columns.ts'
import { closedCandles } from '../../../src/market/klines/closed_candles.ts'
import { minute } from '../../../src/market/klines/kline.ts'
import { readKlines } from '../../../src/market/klines/kline_rows.ts'
import { candle, syntheticKlines, walkingCandles } from '../../fixtures/klines.ts'
import { needs } from '../../harness/needs.ts'
import { findPython, runPython } from '../../harness/python.ts'

const { python, lacks } = await findPython('oracles')

describe('beside TA-Lib', needs(lacks), () => {
  it('2.11: RSI of 14 is TA-Lib’s to 1e-10, but where nothing moved at all: 50, not 0', async () => {
    const synthetic = closedCandles(readKlines(syntheticKlines).filter(kline => kline !== null)).table
    const flat: CandleValues[] = Array.from({ length: 40 }, (_, i) => candle(i, i < 20 ? 100 : 100 + i))
    const walks = [1, 2, 3].map(seed => candleTable(walkingCandles(5000, seed)))
    const tables = [synthetic, ...walks, candleTable(flat)]
    const folder = mkdtempSync(join(tmpdir(), 'spike60-talib-'))
    try {
      const path = join(folder, 'closes.json')
      writeFileSync(path, JSON.stringify(tables.map(({ close }) => [...close])))
      const { rsi } = (await runPython(python!, 'talib_rsi.py', [path])) as { rsi: (number | null)[][] }
      let compared = 0
      tables.forEach((table, t) => {
        const { rsi: ours } = candleColumns(table, 'wilder', 'rows', minute)
        for (const [row, theirs] of rsi[t].entries()) {
          if (theirs === null) {
            expect(ours[row]).toBeNaN()
            continue
          }
          compared++
          const still = table.close.subarray(0, row + 1).every(close => close === table.close[0])
          if (still) expect([theirs, ours[row]]).toEqual([0, 50])
          else expect(Math.abs(ours[row] - theirs)).toBeLessThanOrEqual(1e-10)
        }
      })
      expect(compared).toBeGreaterThan(17_000)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
