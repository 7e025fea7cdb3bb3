import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'spike60-windows-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function windows(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/windows.ts', ...args], { encoding: 'utf8' })
  return { code: status, out: stdout.trim().split('\n').at(-1)!, err: stderr.trim() }
}

const line = (id: number, second: number, more: object = {}): string =>
  JSON.stringify({
    ...{ product_id: 'BTC-USD', trade_id: `${id}`, price: '100', size: '1', side: 'buy' },
    time: new Date(1000 * second).toISOString(),
    ...more,
  })

describe('npm run windows', () => {
  test('saved trades become windows; the last line counts them, and what was left out by its reason', () => {
    const raw = join(folder, 'trades.ndjson')
    const lines = [line(1, 5), line(2, 65), line(2, 65), '{torn', line(3, 66, { price: '0' }), line(4, 700), line(5, 6)]
    writeFileSync(raw, `${lines.join('\n')}\n`)
    const out = join(folder, 'windows.parquet')
    const own = ['--length', '60', '--slide', '60', '--lateness', '600']
    const { code, out: summary } = windows('--raw', raw, ...own, '--out', out, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(summary)).toMatchObject({
      ...{ windows: 3, final: 1, ticks: 4, repeated: 1, late: { events: 1, memberships: 1 } },
      dead: { not_json: 1, no_product: 0, bad_time: 0, bad_price: 1, bad_size: 0 },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test('a slide that does not divide the length is refused with one that does, before anything is written', () => {
    const out = join(folder, 'none.parquet')
    const raw = join(folder, 'trades.ndjson')
    const { code, err } = windows('--raw', raw, '--length', '60', '--slide', '7', '--out', out)
    expect(code).toBe(2)
    expect(err).toBe('windows: --length 60 --slide 7: a slide of 7 s does not divide a length of 60 s; take 6')
    expect(existsSync(out)).toBe(false)
  })
})
