/**
 * How busy a second of an equity session is, as a multiple of the session's mean, by the shape of four real tickers on
 * 2013-10-07: the first minute 3.5 times the mean, the last 7.6 times, the busiest second 47 times.
 * @param second from the open; @param seconds of the whole session. In a session of a few minutes the mean is higher: opening,
 * close and the busiest second are a larger share of it.
 */
export function equityActivity(second: number, seconds: number): number {
  if (second === busiestSecond(seconds)) return 47
  if (second < 60) return 3.5
  return second >= seconds - 60 ? 7.6 : usual
}

/** The closing auction is printed at once, near the end. */
function busiestSecond(seconds: number): number {
  return Math.max(0, seconds - 2)
}

const minutes = 390
/** What is left for each other minute, so that the mean of a session of 390 minutes is 1. */
const usual = (minutes - 3.5 - 7.6 - (47 - 7.6) / 60) / (minutes - 2)
