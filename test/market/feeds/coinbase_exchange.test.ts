import { describe, expect, it } from 'vitest'
import { coinbaseExchange } from '../../../src/market/feeds/coinbase_exchange.ts'
import { createAcknowledgement } from '../../../src/market/socket/acknowledgement.ts'

const channels = [
  { name: 'ticker', product_ids: ['BTC-USD', 'ETH-USD'], account_ids: null },
  { name: 'matches', product_ids: ['SOL-USD'], account_ids: null },
]
const message = (of: object) => JSON.stringify(of)

describe("the Exchange feed's acknowledgement", () => {
  it('names the products of all its channels', () => {
    const { acknowledged, events, faults } = coinbaseExchange.read({ type: 'subscriptions', channels })
    expect({ acknowledged, events, faults }).toEqual({
      acknowledged: ['BTC-USD', 'ETH-USD', 'SOL-USD'],
      events: [],
      faults: [],
    })
    expect(coinbaseExchange.answer(message({ type: 'subscriptions', channels }))).toEqual({
      served: ['BTC-USD', 'ETH-USD', 'SOL-USD'],
    })
  })

  it('is told what is missing in it, once', () => {
    const acknowledgement = createAcknowledgement(['BTC-USD', 'FOO-USD'], 1)
    const answer = coinbaseExchange.answer(message({ type: 'subscriptions', channels }))
    const served = answer !== null && 'served' in answer ? answer.served : []
    expect(acknowledgement.see(served)).toEqual(['FOO-USD'])
    expect(acknowledgement.see(served)).toBeNull()
  })

  it.each([
    ['no list of channels', { type: 'subscriptions', channels: { ticker: ['BTC-USD'] } }],
    ['channels that are none', { type: 'subscriptions', channels: [null, 'ticker', { name: 'ticker' }] }],
    ['products that have no name', { type: 'subscriptions', channels: [{ product_ids: ['', null, 7, {}] }] }],
  ])('with %s serves nothing', (_, frame) => {
    expect(coinbaseExchange.answer(message(frame))).toEqual({ served: [] })
  })

  it('is no other message, whatever channels it names', () => {
    for (const type of ['ticker', 'l2update', 'status', 'subscribe']) {
      expect(coinbaseExchange.read({ type, channels }).acknowledged).toEqual([])
      expect(coinbaseExchange.answer(message({ type, channels, note: 'subscriptions' }))).toBeNull()
    }
  })
})

describe('a frame of the Exchange feed is recognised by what it says', () => {
  it.each<[object, boolean]>([
    [{ type: 'subscriptions', channels }, true],
    [{ type: 'subscriptions' }, false],
    [{ type: 'ticker', product_id: 'BTC-USD' }, true],
    [{ type: 'ticker' }, false],
    [{ type: 'match', product_id: 'BTC-USD', channel: 'market_trades' }, false],
    [{ type: 'l2update', channels }, true],
    [{ type: 'snapshot' }, true],
    [{ type: 'error', message: 'of any feed' }, false],
    [{ type: 'of another feed' }, false],
    [{ type: 7, product_id: 'BTC-USD' }, false],
    [{ product_id: 'BTC-USD' }, false],
  ])('%j: %s', (frame, expected) => {
    expect(coinbaseExchange.recognises(frame as Record<string, unknown>)).toBe(expected)
  })
})
