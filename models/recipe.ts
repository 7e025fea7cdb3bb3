/**
 * What the logistic model reads, fixed beforehand. Left out on purpose: `mid` and other price levels (not stationary, they
 * name the day), signed returns (the label has no sign), hour and weekday (a capture of hours cannot teach them), short
 * windows (5 and 10 s volatility is 0 in most quiet seconds).
 */
export const logisticInputs: { name: string; why: string }[] = [
  { name: 'log_volatility_60s', why: 'the persistence of the last minute' },
  { name: 'log_volatility_300s', why: 'the steadier level behind it' },
  { name: 'log_volatility_900s', why: 'the quarter of an hour to which it reverts' },
  { name: 'har_5m', why: 'Corsi (2009): mean log volatility of the last five minutes' },
  { name: 'har_15m', why: 'Corsi (2009): the same over fifteen' },
]
