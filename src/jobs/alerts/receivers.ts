import { type AlertRow, describeAlert } from '../../core/indicators/alerts/alert_row.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'

/** Who is told of alerts: an address, and what is sent there. */
export interface Receiver {
  name: 'webhook' | 'alertmanager'
  /** Whoever knows it may write there: it is never logged. */
  url: string
  /** @param now milliseconds since the epoch, of this machine. */
  body(alert: AlertRow, now: number): object
}

/** By variable of the environment: arguments and files are seen by others. */
const variables = { ALERT_WEBHOOK_URL: webhook, ALERTMANAGER_URL: alertmanager }

/** The receivers that an environment names. @throws SpikeError BAD_ARGUMENT for an address that is none, without showing it. */
export function receiversOf(environment: Record<string, string | undefined>): Receiver[] {
  return Object.entries(variables).flatMap(([name, make]) => {
    const text = environment[name]?.trim() ?? ''
    if (text === '') return []
    if (!URL.canParse(text) || !['http:', 'https:'].includes(new URL(text).protocol))
      throw new SpikeError('BAD_ARGUMENT', `${name}: is no address; set it to one that begins with https:// or http://`)
    return [make(text)]
  })
}

/** JSON of the alert, with its `text` for people: also what chat programs show. */
function webhook(url: string): Receiver {
  return {
    ...{ name: 'webhook', url },
    body: alert => ({ ...alert, time: isoTime(1e6 * alert.time), text: describeAlert(alert) }),
  }
}

const minuteMs = 60_000
/** An alert is over there after so long, unless it is given again. */
const shownMs = 5 * minuteMs

/** Alertmanager's API v2: a list of alerts. Its labels make an alert one with the former of the same rule and product. */
function alertmanager(base: string): Receiver {
  return {
    ...{ name: 'alertmanager', url: `${base.replace(/\/+$/, '')}/api/v2/alerts` },
    body: (alert, now) => [
      {
        labels: { alertname: alert.rule, product: alert.product, service: 'spike60', severity: 'warning' },
        annotations: {
          ...{ summary: describeAlert(alert), id: alert.id, market_time: isoTime(1e6 * alert.time) },
          value: `${alert.value}`,
        },
        startsAt: new Date(now).toISOString(),
        endsAt: new Date(now + shownMs).toISOString(),
      },
    ],
  }
}
