/** Each rule and its limit; one that is absent gives no alerts. */
export interface AlertSettings {
  /** A rule that was above for a product gives its next alert once it was not for so many seconds. */
  rearm_s: number
  /** |close / open - 1| of a window of a minute, in per cent. */
  price_move?: { percent: number }
  /** Volume of a minute, in standard deviations above the mean of the minutes before it. */
  volume_spike?: History & { deviations: number }
  /** `return_std` of a window of a minute, as a multiple of its median over the minutes before it. */
  volatility?: History & { times: number }
  /** A model's probability; null for the model's own threshold. */
  spike_probability?: { least: number | null }
  /** Seconds without a quote or trade of a product while others go on. */
  stale?: { silent_s: number }
  /** Dead letters among all that came, in per cent, over so many seconds. */
  dlq_rate?: { percent: number; span_s: number }
  /** What a model has said of a product over so many hours, against EWMA on the same rows. */
  model_score?: { hours: number }
}

/** So many minutes with trades are looked back on; nothing is said before there are at least so many. */
export interface History {
  minutes: number
  least_minutes: number
}
