import { expect, test } from 'vitest'
import { seededRandom } from '../../src/core/math/random.ts'
import { skimTradeLine } from '../../src/market/trade_lines.ts'

const mutations = Number(process.env.SPIKE60_MUTATIONS ?? 200_000)
const fields = {
  ...{ product_id: 'BTC-USD', trade_id: '1001', price: '67000.12', size: '0.00250000' },
  ...{ side: 'buy', time: '2026-04-04T00:00:01.123456Z' },
}
const compact = JSON.stringify(fields)
const spaced = compact.replaceAll('":"', '": "').replaceAll('","', '", "')
const bits = [
  ...'"\\,:{}[] \t\r\u0000\u001f\u0080\u2028\ud800e1.-',
  '\\"',
  '\\u0041',
  'null',
  '"size": "2", ',
  '"__proto__":',
]

test('a line of trades that is skimmed is what JSON.parse makes of it, whatever was done to it', () => {
  const random = seededRandom(60)
  const below = (n: number): number => Math.floor(random() * n)
  let skimmed = 0
  for (let i = 0; i < mutations; i++) {
    let text = below(2) === 0 ? compact : spaced
    for (let edits = below(4); edits > 0; edits--) {
      const at = below(text.length + 1)
      text = text.slice(0, at) + (below(3) > 0 ? bits[below(bits.length)] : '') + text.slice(at + below(3))
    }
    const found = skimTradeLine(text)
    if (found === null) continue
    skimmed++
    // Its keys in the same order too.
    if (JSON.stringify(found) !== JSON.stringify(parsed(text))) expect(found, text).toEqual(parsed(text))
  }
  expect(skimmed).toBeGreaterThan(mutations / 4)
  expect([skimTradeLine(compact), skimTradeLine(spaced)]).toEqual([fields, fields])
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return 'not JSON'
  }
}
