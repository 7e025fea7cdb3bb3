/** A feature that a model may read, and how. */
export interface Candidate {
  name: string
  /** Read as ln(max(x, 1e-7)): volatilities are heavy-tailed, and an effect on a ratio is linear in logarithms. */
  log: boolean
}

const plain = (name: string, why: string) => ({ name, log: false, why })
const logOf = (name: string, why: string) => ({ name, log: true, why })

/**
 * What the logistic model reads: fixed beforehand from the literature on realised volatility. Logarithms were chosen over
 * plain values by average precision on later folds inside training and validation; nothing was chosen on test.
 * Left out on purpose: `mid` and other price levels (they name the day, not its risk), signed returns (the label has no
 * sign), hour and weekday (a capture of hours cannot teach them), 5- and 10-s volatility (0 in most quiet seconds), and what
 * only some feeds give (sizes, trades).
 */
export const logisticInputs: (Candidate & { why: string })[] = [
  logOf('volatility_60s', 'the last minute persists'),
  logOf('volatility_300s', 'the steadier level behind it'),
  logOf('volatility_900s', 'the quarter of an hour to which it reverts'),
  plain('har_5m', 'Corsi (2009): mean log volatility of the last five minutes'),
  plain('har_15m', 'Corsi (2009): the same over fifteen'),
  logOf('ewma_volatility_60s', 'RiskMetrics (1996): recent returns count more'),
  logOf('ewma_volatility_120s', 'the same with a longer memory'),
  logOf('mean_abs_return_300s', 'a level that one jump moves less than a variance'),
  logOf('parkinson_300s', 'the range sees moves inside a second'),
  logOf('volatility_of_volatility_300s', 'unsteady volatility has fatter tails'),
  plain('ticks_60s', 'activity comes before movement'),
  plain('ticks_300s', 'the usual activity to compare with'),
  plain('mid_changes_60s', 'how many quotes moved the price'),
  plain('spread_mean_300s', 'dealers widen when they expect movement'),
  plain('mark_5m_ahead', 'orders cluster at round minutes'),
  plain('mark_15m_ahead', 'the same at quarters of an hour'),
]
