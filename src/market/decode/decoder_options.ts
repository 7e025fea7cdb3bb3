import type { Config } from '../../config.ts'
import type { DecoderOptions } from './decoder.ts'

/** What the configuration says of decoding. */
export function decoderOptions({ feed, time }: Config): Omit<DecoderOptions, 'snapshot'> {
  return {
    products: feed.products,
    aheadLimit: Math.round(time.ahead_limit_s * 1e6),
    outOfOrderness: Math.round(time.out_of_orderness_s * 1e6),
  }
}
