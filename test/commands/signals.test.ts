import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { rsiKinds } from '../../src/core/indicators/rsi.ts'
import { brokerNames } from '../../src/core/trading/broker.ts'
import { exitNames } from '../../src/core/trading/signals/rules.ts'
import { readCandles } from '../../src/jobs/trade/candle_file.ts'
import { signalRows } from '../../src/jobs/trade/signals.ts'
import { withDuckDB } from '../../src/stores/duckdb.ts'
import { captureFile, lacksCaptures } from '../fixtures/captures.ts'
import { readGolden } from '../fixtures/read_golden.ts'
import { needs } from '../harness/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-signals-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const synthetic = fileURLToPath(new URL('../fixtures/golden/klines_synthetic.csv.gz', import.meta.url))
const golden = readGolden('seed002_synthetic.json')
const noted: string[] = []

function signals(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/signals.ts', ...args], { encoding: 'utf8' })
  return { code: status, out: stdout.trim().split('\n').at(-1)!, err: stderr.trim().split('\n') }
}

describe('against the reference program, over 3,000 made-up candles', async () => {
  const candles = await readCandles([synthetic], undefined, line => noted.push(line))
  test.each(
    rsiKinds.flatMap(rsi => exitNames.flatMap(exit => brokerNames.map(portfolio => ({ rsi, exit, portfolio })))),
  )('rsi $rsi, exit $exit, portfolio $portfolio: the same bits', ({ rsi, exit, portfolio }) => {
    const expected = golden.variants[rsi]
    const { BUY, SELL, HOLD, portfolios } = expected.signals[exit]
    const { digest, counts, judged } = signalRows(candles, { rsi, exit, portfolio, windows: 'rows' })
    const { rows, trades } = judged.walk
    expect({ digest, counts }).toEqual({ digest: expected.digest, counts: { BUY, SELL, HOLD } })
    const { end, buys, sells, looks, lowest } = portfolios[portfolio]
    expect({ ...rows.at(-1), timestamp: end.timestamp }).toEqual(end)
    expect(trades.map(({ fill }) => fill.signal).filter(signal => signal === 'BUY')).toHaveLength(buys)
    expect([trades.length, rows.length]).toEqual([buys + sells, looks])
    expect(Math.min(...rows.map(row => row.total_value))).toBe(lowest)
  })
})

describe('signals', () => {
  test('from the command line: the last line, and one row a candle', async () => {
    const out = join(folder, 'rows.parquet')
    const seed = ['--rsi', 'seed', '--exit', 'seed', '--portfolio', 'seed']
    const { code, out: line } = signals('--klines', synthetic, ...seed, '--out', out, '--json')
    expect(code).toBe(0)
    const { digest, signals: counts } = golden.variants.seed
    const { BUY, SELL, HOLD, portfolios } = counts.seed
    expect(JSON.parse(line)).toMatchObject({
      ...{ rows: 3000, digest, signals: { BUY, SELL, HOLD } },
      portfolio: { total: portfolios.seed.end.total_value, trades: 1 },
      candles: { repeated: 10, missing: 7 },
    })
    const rows = await withDuckDB(async connection =>
      (await connection.run(`SELECT timestamp, MA20, MA50, RSI, signal FROM '${out}'`)).getRows(),
    )
    expect(rows).toHaveLength(3000)
    expect(rows[0]).toEqual([1767225600000n, 100.01, 100.01, null, 'HOLD'])
  })

  test('without names of variants: Wilder over whole minutes, null over the gap', () => {
    const { out } = signals('--klines', synthetic, '--json')
    expect(JSON.parse(out).settings).toEqual({
      rsi: 'wilder',
      windows: 'minutes',
      exit: 'exit_any',
      portfolio: 'next_open',
    })
    expect(JSON.parse(out).digest).not.toBe(golden.variants.wilder.digest)
  })

  test.each([
    [['--klines', 'none.csv'], /none\.csv/],
    [['--klines', synthetic, '--rsi', 'other'], /'--rsi <kind>' argument 'other' is invalid/],
  ])('refuses %s with one line and exit 2', (args, message) => {
    const { code, err } = signals(...(args as string[]))
    expect([code, err.length]).toEqual([2, 1])
    expect(err[0]).toMatch(message as RegExp)
  })

  test('--report draws price, value and RSI, and a page; what is read is not replaced', () => {
    const report = join(folder, 'report')
    expect(signals('--klines', synthetic, '--report', report, '--json').code).toBe(0)
    const pictures = ['price', 'equity', 'rsi'].flatMap(name => [`${name}.png`, `${name}.svg`])
    expect(readdirSync(report).sort()).toEqual([...pictures, 'signals.pdf'].sort())
    expect(readFileSync(join(report, 'signals.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
    expect(signals('--klines', synthetic, '--out', synthetic).err[0]).toMatch(/which is read as --klines/)
  })

  test('a file without a candle is refused, and several products where none is named', () => {
    const text = (name: string, lines: string) => {
      writeFileSync(join(folder, name), lines)
      return join(folder, name)
    }
    expect(signals('--klines', text('none.json', '{"a":1}\n'))).toMatchObject({
      code: 2,
      err: [expect.stringMatching(/holds no candle in 1 lines/)],
    })
    const row = (symbol: string) => `1748736000000,1,1,1,1,1,${symbol}\n`
    const two = text('two.csv', `timestamp,open,high,low,close,volume,symbol\n${row('A')}${row('B')}`)
    expect(signals('--klines', two).err[0]).toMatch(/holds several products, A, B; name one with --product/)
    expect(JSON.parse(signals('--klines', two, '--product', 'B', '--json').out)).toMatchObject({
      rows: 1,
      product: 'B',
    })
    expect(signals('--klines', two, '--product', 'C').err[0]).toMatch(/holds nothing of C, but A, B/)
  })
})

describe('real candles', needs(lacksCaptures), () => {
  test.each([
    ['seed', '75198188461b7d64c74b91affc6e2cf651bb87529db0212a517e8b8971a27664'],
    ['cutler', '4507341c8c48e270b184025bd541fdf112193182925cd93944f1df1e3dbcad98'],
    ['wilder', 'ed3bf6ccdbf217b211c08ca1b1aa434d0db4dc9211b01a9e75ee6a9867f10167'],
  ] as const)("a day of Binance's minutes: rsi %s has the bits of the reference program", async (rsi, expected) => {
    const candles = await readCandles([captureFile('binance/btcusdt_1m_2025-06-01.csv')], undefined, () => {})
    const settings = { rsi, windows: 'rows', exit: 'seed', portfolio: 'seed' } as const
    const { digest, judged } = signalRows(candles, settings)
    const { rows } = judged.walk
    expect([digest, rows.length, rows.at(-1)!.total_value]).toEqual([expected, 1441, 10_000])
  })

  test('a REST answer, and the frames of a stream, of which only finished ones are rows', async () => {
    expect(
      (await readCandles([captureFile('binance/rest_reply.json')], undefined, () => {})).table.rows,
    ).toBeGreaterThan(1)
    const frames = captureFile('binance/binance_futures_ws_2021.txt.gz')
    const { table, counts } = await readCandles([frames], 'CTKUSDT', () => {})
    expect([table.rows, counts.unfinished > 0]).toEqual([1, true])
  })
})
