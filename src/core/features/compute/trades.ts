import { type FeatureGroup, feature } from '../feature.ts'
import type { History } from '../window/history.ts'

/** Measures of liquidity from trades; null where the window holds too few. */
export const trades: FeatureGroup = {
  features: [
    feature(
      'roll_300s',
      'bp',
      300,
      '1e4*2*sqrt(max(0,-cov(d_i, d_(i-1))))/mid, d the changes of the last trade price from bar to bar with trades, cov over pairs, divisor their number',
      'fewer than 3 changes',
      'Roll (1984)',
    ),
    feature(
      'amihud_300s',
      'log return per quote currency',
      300,
      'mean of |r|/(price*size traded) over bars with trades and a return',
      'no such bar',
      'Amihud (2002)',
    ),
    feature(
      'kyle_300s',
      'log return per unit of size',
      300,
      'slope of r on signed size traded (buys less sells) over bars with trades and a return',
      'fewer than 3 such bars, or no spread in signed size',
      'Kyle (1985)',
    ),
    feature(
      'trade_imbalance_60s',
      '1',
      60,
      '(bought-sold)/(bought+sold), size by the side of the taker',
      'nothing traded',
    ),
  ],
  prepare(history, at) {
    const [roll, amihud, kyle, imbalance] = ['roll_300s', 'amihud_300s', 'kyle_300s', 'trade_imbalance_60s'].map(at)
    return values => {
      values[roll] = values[amihud] = values[kyle] = values[imbalance] = Number.NaN
      if (history.counted('trades', 300) === 0) return
      const count = findTraded(history)
      values[roll] = effectiveSpread(history, count)
      values[amihud] = priceImpact(history, count)
      values[kyle] = impactSlope(history, count)
      values[imbalance] = signedShare(history, count)
    }
  },
}

/** Scratch: the seconds with trades within 300 s, newest first, and the changes of their prices from one to the next. */
const traded = new Int32Array(300)
const changes = new Float64Array(300)

/** @returns how many seconds `traded` holds. */
function findTraded(history: History): number {
  const { tradePrice } = history.column
  const from = history.from(300)
  let count = 0
  for (let index = history.at; index >= from; index--) if (!Number.isNaN(tradePrice[index])) traded[count++] = index
  return count
}

/** Of all that was traded within 60 s, the share bought less the share sold. */
function signedShare(history: History, count: number): number {
  const { bought, sold } = history.column
  const from = history.from(60)
  let allBought = 0
  let allSold = 0
  for (let i = 0; i < count && traded[i] >= from; i++) {
    allBought += bought[traded[i]]
    allSold += sold[traded[i]]
  }
  return allBought + allSold > 0 ? (allBought - allSold) / (allBought + allSold) : Number.NaN
}

/** Roll (1984): the bounce between bid and ask makes neighbouring price changes move against each other. */
function effectiveSpread(history: History, count: number): number {
  const { tradePrice, mid } = history.column
  if (count < 4) return Number.NaN
  const pairs = count - 2
  changes[0] = tradePrice[traded[0]] - tradePrice[traded[1]]
  let meanLater = 0
  let meanEarlier = 0
  for (let i = 1; i <= pairs; i++) {
    changes[i] = tradePrice[traded[i]] - tradePrice[traded[i + 1]]
    meanLater += changes[i - 1]
    meanEarlier += changes[i]
  }
  meanLater /= pairs
  meanEarlier /= pairs
  let covariance = 0
  for (let i = 1; i <= pairs; i++) covariance += (changes[i - 1] - meanLater) * (changes[i] - meanEarlier)
  return (1e4 * 2 * Math.sqrt(Math.max(0, -covariance / pairs))) / mid[history.at]
}

/** Amihud (2002): how far the price goes for what is traded. */
function priceImpact(history: History, count: number): number {
  const { r, notional } = history.column
  let n = 0
  let sum = 0
  for (let i = 0; i < count; i++) {
    const index = traded[i]
    if (Number.isNaN(r[index])) continue
    n++
    sum += Math.abs(r[index]) / notional[index]
  }
  return n > 0 ? sum / n : Number.NaN
}

/** Kyle (1985): slope of the return on the signed size traded. */
function impactSlope(history: History, count: number): number {
  const { r, bought, sold } = history.column
  let n = 0
  let meanSize = 0
  let meanReturn = 0
  let products = 0
  let squares = 0
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    const index = traded[i]
    if (Number.isNaN(r[index])) continue
    const size = bought[index] - sold[index]
    n++
    const fromMean = size - meanSize
    meanSize += fromMean / n
    meanReturn += (r[index] - meanReturn) / n
    products += fromMean * (r[index] - meanReturn)
    squares += fromMean * (size - meanSize)
    if (size < least) least = size
    if (size > most) most = size
  }
  return n >= 3 && most > least ? products / squares : Number.NaN
}
