import { expect, test } from 'vitest'
import { coinbase } from '../../../src/market/feeds/coinbase.ts'
import { coinbaseExchange } from '../../../src/market/feeds/coinbase_exchange.ts'
import type { Feed } from '../../../src/market/feeds/feed.ts'
import { createAcknowledgement } from '../../../src/market/socket/acknowledgement.ts'

const ack = (subscriptions: object) =>
  JSON.stringify({
    channel: 'subscriptions',
    timestamp: '2026-01-05T00:00:00Z',
    sequence_num: 1,
    events: [{ subscriptions }],
  })

/** What a subscription gives that sees these messages one after the other. */
function verdicts(feed: Feed, products: string[], requests: number, messages: string[]) {
  const acknowledgement = createAcknowledgement(products, requests)
  return messages.map(message => {
    const answer = feed.answer(message)
    return answer && 'served' in answer ? acknowledgement.see(answer.served) : null
  })
}

test('the verdict comes with the last of the acknowledgements that are due', () => {
  const messages = [
    '{"channel":"ticker","events":[]}',
    ack({ ticker: ['BTC-USD'] }),
    ack({ ticker: ['BTC-USD'], heartbeats: ['heartbeats'] }),
    ack({ ticker: [] }),
  ]
  expect(verdicts(coinbase, ['BTC-USD', 'FOO-USD'], 2, messages)).toEqual([null, null, ['FOO-USD'], null])
})

test('the older feed acknowledges all at once', () => {
  const message = { type: 'subscriptions', channels: [{ name: 'ticker', product_ids: ['BTC-USD'], account_ids: null }] }
  expect(verdicts(coinbaseExchange, ['BTC-USD'], 1, [JSON.stringify(message)])).toEqual([[]])
})

test('an error frame gives its words, anything else nothing', () => {
  for (const { answer } of [coinbase, coinbaseExchange]) {
    expect(answer('{"type":"error","message":"authentication failure"}')).toEqual({ error: 'authentication failure' })
    expect(answer('{"type":"error","message":"Failed to subscribe","reason":"no"}')).toEqual({
      error: 'Failed to subscribe: no',
    })
    expect(answer('{"type":"error"}')).toEqual({ error: 'without a message' })
    expect(answer('{"channel":"ticker","note":"error"}')).toBeNull()
    expect(answer('"error" {')).toBeNull()
  }
})
