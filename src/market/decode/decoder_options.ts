import type { Config } from '../../config.ts'
import { configuredFeeds } from '../feeds/configured_feeds.ts'
import type { DecoderOptions } from './decoder.ts'

/**
 * What the configuration says of decoding.
 * @throws SpikeError BAD_CONFIG as `configuredFeeds` does.
 */
export function decoderOptions(config: Pick<Config, 'feeds' | 'time'>): Omit<DecoderOptions, 'snapshot'> {
  const { ahead_limit_s, out_of_orderness_s, session_reset_s } = config.time
  return {
    feeds: configuredFeeds(config),
    aheadLimit: Math.round(ahead_limit_s * 1e6),
    outOfOrderness: Math.round(out_of_orderness_s * 1e6),
    sessionReset: session_reset_s * 1e6,
  }
}
