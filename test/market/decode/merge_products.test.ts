import { expect, test } from 'vitest'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { finnhub } from '../../../src/market/feeds/finnhub.ts'
import { decoding } from '../../fixtures/feeds.ts'

const feeds = [{ feed: finnhub, products: [{ as: 'AAPL', symbol: 'AAPL' }] }]
const article = {
  ...{
    category: 'company',
    datetime: 1_767_623_400,
    headline: 'News',
    id: 1,
    image: '',
    related: 'AAPL',
    source: 'Wire',
  },
  ...{ summary: '', url: 'https://example.com/1' },
}
const frame = { symbol: 'AAPL', from: '2026-01-05', to: '2026-01-05', status: 200, news: [article] }
const record = { received_at: 1_767_623_460_000_000, feed: 'finnhub', connection: 'finnhub', frame, file: 'f', line: 1 }

test('a snapshot knows the articles that were given, and is empty before there was any', () => {
  const first = createDecoder({ ...decoding(), feeds })
  expect(first.snapshot().products?.news).toBeUndefined()
  const types = (decoder: typeof first): string[] => decoder.decode(record).events.map(({ type }) => type)
  expect(types(first)).toContain('news')
  const snapshot = JSON.parse(JSON.stringify(first.snapshot()))
  expect(types(createDecoder({ ...decoding(), feeds, snapshot }))).toEqual(['clock'])
})
