import { expect, test } from 'vitest'
import { coinbase } from '../../../src/market/feeds/coinbase.ts'
import { coinbaseExchange } from '../../../src/market/feeds/coinbase_exchange.ts'
import { createAcknowledgement, errorText } from '../../../src/market/socket/acknowledgement.ts'

const ack = (subscriptions: object) =>
  JSON.stringify({
    channel: 'subscriptions',
    timestamp: '2026-01-05T00:00:00Z',
    sequence_num: 1,
    events: [{ subscriptions }],
  })

test('the verdict comes with the last of the acknowledgements that are due', () => {
  const watch = createAcknowledgement(coinbase, ['BTC-USD', 'FOO-USD'], 2)
  expect(watch.see('{"channel":"ticker","events":[]}')).toBeNull()
  expect(watch.see(ack({ ticker: ['BTC-USD'] }))).toBeNull()
  expect(watch.see(ack({ ticker: ['BTC-USD'], heartbeats: ['heartbeats'] }))).toEqual(['FOO-USD'])
  expect(watch.see(ack({ ticker: [] }))).toBeNull()
})

test('the older feed acknowledges all at once', () => {
  const watch = createAcknowledgement(coinbaseExchange, ['BTC-USD'], 1)
  const message = { type: 'subscriptions', channels: [{ name: 'ticker', product_ids: ['BTC-USD'], account_ids: null }] }
  expect(watch.see(JSON.stringify(message))).toEqual([])
})

test('an error frame gives its words, anything else nothing', () => {
  expect(errorText('{"type":"error","message":"authentication failure"}')).toBe('authentication failure')
  expect(errorText('{"type":"error","message":"Failed to subscribe","reason":"no"}')).toBe('Failed to subscribe: no')
  expect(errorText('{"type":"error"}')).toBe('without a message')
  expect(errorText('{"channel":"ticker","note":"error"}')).toBeNull()
  expect(errorText('"error" {')).toBeNull()
})
