import { SpikeError } from '../../errors.ts'

/** Feeds that npm start takes market data of, when not of the pretend exchange. */
export const realFeeds = ['coinbase', 'binance', 'polygon', 'finnhub']

/** The value of `--feed`, without blanks. @throws SpikeError BAD_ARGUMENT. */
export function feedNames(text: string): string {
  const names = text.split(',').map(name => name.trim())
  if (text === 'simulated' || names.every(name => realFeeds.includes(name))) return names.join(',')
  throw new SpikeError(
    'BAD_ARGUMENT',
    `--feed takes simulated, or ${realFeeds.join(', ')}, comma separated, not '${text}'`,
  )
}
