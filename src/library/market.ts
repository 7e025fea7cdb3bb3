/**
 * `spike60/market`: frames of exchanges to market events. Runs in Node 20 and newer, a worker, a browser.
 * @module
 */
export type { Candle, Clock, EventBase, Gap, MarketEvent, Micros, News, Quote, Trade } from '../core/events/event.ts'
export { parseBareLine } from '../market/bronze/bare_line.ts'
export { controlLine, frameLine, parseBronzeLine } from '../market/bronze/line.ts'
export { newRawCounts, type RawCounts } from '../market/bronze/raw_records.ts'
export type { DeadLetter, RawRecord } from '../market/bronze/record.ts'
export { recordsOf } from '../market/bronze/records_of.ts'
export { type CoinCapTrade, toCoinCapTrade, usualRates } from '../market/coincap/coincap_trade.ts'
export type { DecoderCounters } from '../market/decode/counters.ts'
export { createDecoder, type Decoded, type Decoder, type DecoderOptions } from '../market/decode/decoder.ts'
export { decoderOptions } from '../market/decode/decoder_options.ts'
export type { Feed, Reading } from '../market/feeds/feed.ts'
export { feedByName, feeds } from '../market/feeds/feeds.ts'
export { emptyReading } from '../market/feeds/reading.ts'
