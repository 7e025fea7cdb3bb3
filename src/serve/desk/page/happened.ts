import { type Alerts, type Anomalies, type Fault, isFault, type Sentiment } from './answers.ts'
import { at, make, say } from './elements.ts'
import { clock, number } from './words.ts'

interface Line {
  time: number
  text: string
}

const whyNone = {
  anomalies: 'no trade stood apart in the last 24 hours',
  news: 'no article in the last 24 hours; not every feed brings them, finnhub does',
  alarms: 'no model has given one',
  alerts: 'no rule was met, and the feed has no gap',
}
/** Of each kind: what comes often crowds out nothing that comes seldom. */
const most = 20
const seconds = (timestamp: string): number => Date.parse(timestamp) / 1000

/** The newest anomalies, articles, alarms of the model and other alerts in one list, the newest first; and why there are none of a kind. */
export function showHappened(anomalies: Anomalies | Fault, sentiment: Sentiment | Fault, alerts: Alerts | Fault): void {
  const kinds: [name: keyof typeof whyNone, lines: Line[] | string][] = [
    ['anomalies', isFault(anomalies) ? anomalies.error : anomalies.anomalies.map(lineOfAnomaly)],
    ['news', isFault(sentiment) ? sentiment.error : (sentiment.summary.missing ?? sentiment.items.map(lineOfNews))],
    ['alarms', isFault(alerts) ? alerts.error : alerts.alerts.filter(isAlarm).map(lineOfAlert)],
    ['alerts', isFault(alerts) ? alerts.error : alerts.alerts.filter(one => !isAlarm(one)).map(lineOfAlert)],
  ]
  const lines = kinds.flatMap(([, found]) => (typeof found === 'string' ? [] : found.slice(0, most)))
  lines.sort((a, b) => b.time - a.time)
  at('happened').replaceChildren(...lines.map(({ time, text }) => make('li', `${clock(time)} ${text}`)))
  const lacking = kinds.flatMap(([name, found]) =>
    typeof found === 'string' ? [`${name}: ${found}`] : found.length === 0 ? [`${name}: ${whyNone[name]}`] : [],
  )
  say('news-why', lacking.join(' · '))
}

function lineOfAnomaly({
  timestamp,
  anomaly_score: score,
  model_version: version,
}: Anomalies['anomalies'][number]): Line {
  return { time: seconds(timestamp), text: `◆ a trade that stands apart: score ${number(score)}, model ${version}` }
}

function lineOfNews({ timestamp, headline, source, sentiment }: Sentiment['items'][number]): Line {
  const mood = sentiment === null ? '' : `; ${sentiment.label} ${signed(sentiment.compound)}`
  return { time: seconds(timestamp), text: `¶ ${headline} (${source}${mood})` }
}

function isAlarm({ kind }: Alerts['alerts'][number]): boolean {
  return kind === 'spike_alarm'
}

function lineOfAlert({ time, product, text, came_true: cameTrue }: Alerts['alerts'][number]): Line {
  const end = cameTrue === null ? '' : cameTrue ? '; came true' : '; did not come true'
  return { time, text: `● ${product}: ${text}${end}` }
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${number(Math.abs(value))}`
}
