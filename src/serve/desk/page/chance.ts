import type { Prediction, TurnedOut } from './answers.ts'
import { at, say, showTable } from './elements.ts'
import { Lines } from './lines.ts'
import { type ProductData, whyEmpty } from './product_data.ts'
import { clock, number, percent } from './words.ts'

/** A prediction is of the 60 s after it: older than that it says nothing of the minute to come. */
const validSeconds = 60

/** The card that says whether the next minute is a spike. */
export function chanceCard(current: () => ProductData | null): { show(now: number): void; paint(): void } {
  const spark = new Lines(at('spark'), {
    ...{ lines: [{ name: 'probability', colour: 'up', fill: true }], height: 96 },
    write: value => percent(value),
  })
  const refresh = showTable(
    'chance-table',
    () => ({
      names: ['UTC', 'probability', 'alarm', 'tau (bp)'],
      rows: (current()?.predictions.last(300) ?? [])
        .toReversed()
        .map(({ time, probability, alarm, tau }) => [
          clock(time),
          percent(probability, 1),
          alarm ? 'yes' : 'no',
          basisPoints(tau),
        ]),
    }),
    'no prediction yet',
  )
  const show = (now: number): void => {
    const data = current()
    const latest = data?.predictions.newest() ?? null
    const isOld = latest !== null && now - latest.time > validSeconds
    say('probability', latest === null || isOld ? percent(null) : percentOf(latest.probability))
    const history = data?.predictions.last() ?? []
    const isAlarm = latest !== null && !isOld && latest.alarm
    const isTold = hasThreshold(history)
    say('says', !isAlarm ? 'spike' : isTold ? 'spike · ALARM' : 'spike · no alarm threshold yet')
    at('says').classList.toggle('alarm', isAlarm && isTold)
    const { base_rate: baseRate = null } = data?.turnedOut ?? {}
    say(
      'beside',
      `${besideBase(latest === null || isOld ? null : latest.probability, baseRate)} · tau ${latest === null ? basisPoints(null) : basisPoints(latest.tau)} bp`,
    )
    say('such', latest === null ? '' : howSuchTurnedOut(latest, data?.turnedOut ?? null))
    say(
      'chance-why',
      latest === null
        ? whyEmpty(data, data?.reason ?? 'no prediction yet: no model has scored a row of this product')
        : isOld
          ? `the last prediction was of ${clock(latest.time)} UTC: nothing is known of the next minute`
          : '',
    )
    spark.show([history.map(({ time }) => time), history.map(({ probability }) => probability)])
    refresh()
  }
  return { show, paint: () => spark.paint() }
}

/** A digit more below 10 %, so that a small chance is not none. */
const percentOf = (probability: number): string => percent(probability, probability < 0.1 ? 1 : 0)

/** Such as `0.6 × the base rate of 13 %`: a small probability may still be many times the usual one. */
function besideBase(probability: number | null, baseRate: number | null): string {
  if (probability === null || !baseRate) return `base rate ${percent(baseRate)}`
  return `${number(probability / baseRate, 1)} × the base rate of ${percent(baseRate)}`
}

const [judged, mostShare] = [600, 0.25]

/** False where the model's own threshold alarms for more than a quarter of the time: that tells nobody when to look. */
function hasThreshold(history: Prediction[]): boolean {
  const alarms = history.filter(({ alarm }) => alarm).length
  return history.length < judged || alarms <= mostShare * history.length
}

/** How often what was predicted with about this probability came true. */
function howSuchTurnedOut({ probability }: Pick<Prediction, 'probability'>, turnedOut: TurnedOut | null): string {
  const bin = turnedOut?.bins.find(({ from, to }) => probability >= from && (probability < to || to === 1))
  if (bin === undefined || bin.predictions === 0) return 'none such has been settled yet'
  const { from, to, predictions, came_true: cameTrue } = bin
  const share = Math.round((100 * cameTrue) / predictions)
  return `of 100 such, ${share} came true (${number(cameTrue, 0)} of ${number(predictions, 0)} at ${percent(from)} to ${percent(to)})`
}

/** Of a standard deviation of log returns. */
function basisPoints(sigma: number | null): string {
  return number(sigma === null ? null : 1e4 * sigma)
}
