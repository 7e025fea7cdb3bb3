/** CoinCap's slugs of the assets that are traded most, by ticker. */
const slugs: Record<string, string> = {
  ...{ BTC: 'bitcoin', ETH: 'ethereum', BNB: 'binance-coin', XRP: 'xrp', SOL: 'solana', ADA: 'cardano', TRX: 'tron' },
  ...{ DOGE: 'dogecoin', LTC: 'litecoin', DOT: 'polkadot', LINK: 'chainlink', AVAX: 'avalanche', ENJ: 'enjin-coin' },
  ...{ SHIB: 'shiba-inu', BCH: 'bitcoin-cash', ETC: 'ethereum-classic', XLM: 'stellar', UNI: 'uniswap', MLN: 'enzyme' },
  ...{ USDT: 'tether', USDC: 'usd-coin', FDUSD: 'first-digital-usd', TUSD: 'trueusd', BUSD: 'binance-usd' },
  ...{ USD: 'united-states-dollar', EUR: 'euro', GBP: 'british-pound-sterling', TRY: 'turkish-lira', SFP: 'safepal' },
}

/** CoinCap's name of an asset; one that is not known has its ticker in small letters. */
export function slugOf(ticker: string): string {
  return Object.hasOwn(slugs, ticker) ? slugs[ticker] : ticker.toLowerCase()
}
