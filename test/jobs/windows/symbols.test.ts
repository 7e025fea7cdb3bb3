import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Config, parseConfig, projectConfig, readConfig } from '../../../src/config.ts'
import { addFacts, decodeSymbol, encodeSymbol, SymbolTable } from '../../../src/core/indicators/windows/symbol_table.ts'
import { configuredSymbols, publishSymbols } from '../../../src/jobs/windows/symbols.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const config = readConfig()
const topic = config.topics.symbols.name
const fact = (valid_from: string, category: string, product = 'BTC-USD'): Config['symbols'][number] => ({
  ...{ product, base: 'BTC', quote: 'USD', category, valid_from },
})
const says = (...symbols: Config['symbols']): Config => ({ ...config, symbols })
const [first, later] = ['1970-01-01T00:00:00Z', '2026-06-01T00:00:00Z']
const micros = (text: string): number => 1000 * Date.parse(text)

describe('metadata of products', () => {
  test('is published at a start, once, and read by the next one whatever its config says', async () => {
    const streams = createMemoryStreams()
    await publishSymbols(streams, says(fact(first, 'coin')))
    await publishSymbols(streams, says(fact(first, 'coin'), fact(later, 'store of value')))
    const table = await publishSymbols(streams, says())
    expect(streams.records(topic)).toHaveLength(2)
    expect(table.at('BTC-USD', micros(later) - 1)).toMatchObject({ category: 'coin' })
    expect(table.at('BTC-USD', micros(later))).toMatchObject({ category: 'store of value' })
    expect(table.at('DOGE-USD', micros(later))).toMatchObject({ category: 'unknown' })
  })

  test('what a trade is joined with is a function of the records, not of the order in which starts told them', () => {
    const facts = fc.uniqueArray(fc.nat({ max: 50 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(facts, fc.nat({ max: 6 }), fc.nat({ max: 60 }), (times, cut, time) => {
        const all = times
          .sort((a, b) => a - b)
          .map(valid_from => ({ valid_from, base_asset: 'B', quote_asset: 'Q', category: `from ${valid_from}` }))
        const known = addFacts(all.slice(0, cut), all.slice(cut).reverse())
        expect(known).toEqual(all)
        const valid = all.findLast(({ valid_from }) => valid_from <= time)?.category ?? 'unknown'
        const table = new SymbolTable([{ format: 'spike60-symbol', product: 'P', facts: all }])
        expect(table.at('P', time).category).toBe(valid)
      }),
    )
  })

  test.each([
    ['two from one time on', [fact(first, 'coin'), fact(first, 'token')], /BTC-USD: .*overlaps.*later valid_from/],
    ['two products at once', [fact(first, 'a'), fact(first, 'b'), fact(later, 'a', 'X'), fact(later, 'b', 'X')], /X: /],
  ])('that overlaps in a config is refused: %s', (_, symbols, words) => {
    expect(() => configuredSymbols(says(...symbols))).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringMatching(words) }),
    )
  })

  test('that overlaps what stands, or would come before it, is refused, and nothing is written', async () => {
    const streams = createMemoryStreams()
    await publishSymbols(streams, says(fact(later, 'coin')))
    for (const [wrong, words] of [
      [fact(later, 'token'), 'overlaps'],
      [fact(first, 'coin'), 'would be valid before'],
    ] as const)
      await expect(publishSymbols(streams, says(fact(later, 'coin', 'ETH-USD'), wrong))).rejects.toMatchObject({
        code: 'BAD_CONFIG',
        message: expect.stringContaining(words),
      })
    expect(streams.records(topic)).toHaveLength(1)
  })

  const whole = { format: 'spike60-symbol' as const, product: 'BTC-USD' }
  const facts = { base_asset: 'BTC', quote_asset: 'USD', category: 'coin' }
  test.each([
    ['no JSON', 'coin', 'TOPIC_MISMATCH'],
    ['another record', '{"product":"BTC-USD"}', 'TOPIC_MISMATCH'],
    ['a time that is none', JSON.stringify({ ...whole, facts: [{ ...facts, valid_from: 'now' }] })],
    ['facts that overlap', encodeSymbol({ ...whole, facts: [2, 2].map(valid_from => ({ ...facts, valid_from })) })],
    ['facts out of order', encodeSymbol({ ...whole, facts: [2, 1].map(valid_from => ({ ...facts, valid_from })) })],
  ] as [string, string, string?][])(
    'a record on the topic that is none ends the start, which says so: %s',
    async (_, value, code = 'LOG_CORRUPT') => {
      expect(decodeSymbol(value)).toBeNull()
      const streams = createMemoryStreams()
      await streams.createTopics([config.topics.symbols])
      await (await streams.writer('somebody')).commit({ records: [{ topic, key: 'BTC-USD', value }] })
      await expect(publishSymbols(streams, config)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(topic),
      })
    },
  )

  test.each([
    ['valid_from: yesterday', /symbols\.0\.valid_from/],
    ['category: ""', /symbols\.0\.category/],
    ['colour: red', /symbols\.0/],
  ])('that a config writes wrongly is told by its place: %s', (line, words) => {
    const rest = ['product: BTC-USD', 'base: BTC', 'quote: USD', 'category: coin'].filter(
      own => own.split(':')[0] !== line.split(':')[0],
    )
    const text = `symbols: [{ ${[...rest, line].join(', ')} }]`
    expect(() => parseConfig(text, projectConfig)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(words) }),
    )
  })
})
