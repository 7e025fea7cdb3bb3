import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AlertRow, decodeAlert, describeAlert } from '../../../../src/core/indicators/alerts/alert_row.ts'
import type { AlertSettings } from '../../../../src/core/indicators/alerts/alert_settings.ts'
import { Alerts } from '../../../../src/core/indicators/alerts/alerts.ts'
import { Latch } from '../../../../src/core/indicators/alerts/latch.ts'
import type { WindowRow } from '../../../../src/core/indicators/windows/window_row.ts'

const product = 'BTC-USD'
const start = 1_775_260_800

function alertsWith(settings: Omit<AlertSettings, 'rearm_s'>, rearm_s = 300): { alerts: Alerts; given: AlertRow[] } {
  const given: AlertRow[] = []
  return { alerts: new Alerts({ rearm_s, ...settings }, 'partition-0', alert => given.push(alert)), given }
}

/** The window of a minute that ends so many seconds after the start. */
function window(end: number, more: Partial<WindowRow> = {}): WindowRow {
  return {
    ...{ product, start: start + end - 60, end: start + end, trades: 10, volume: '1.00000000', notional: '1.0' },
    ...{ vwap: 100, moving_average: 100, price_std: 1, return_std: 1e-4, open: 100, high: 100, low: 100, close: 100 },
    ...{ revision: 1, final: false, source: 'trades', ...more },
  }
}

const told = (given: AlertRow[]) => given.map(({ rule, time, value }) => [rule, time - start, value])

describe('one alert a rule and product', () => {
  test('and the next one once it was below for five minutes', () => {
    const latch = new Latch(300)
    const heard = [0, 10, 300, 310, 610, 611, 912].filter(time => latch.note(product, time))
    expect(heard).toEqual([0, 912])
    expect(latch.note('ETH-USD', 1)).toBe(true)
  })

  test('whatever comes: two of one are further apart than that, and no first one is left out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 1 }), times => {
        const latch = new Latch(300)
        const rising = times.sort((a, b) => a - b)
        const heard = rising.filter(time => latch.note(product, time))
        expect(heard[0]).toBe(rising[0])
        for (const [i, time] of rising.entries())
          expect(heard.includes(time) && time !== rising[i - 1]).toBe(
            i === 0 || (time !== rising[i - 1] && time - rising[i - 1] > 300),
          )
      }),
    )
  })
})

describe('price_move', () => {
  test('up or down by a per cent inside of a minute, as it is first given', () => {
    const { alerts, given } = alertsWith({ price_move: { percent: 1 } })
    for (const [end, close, revision] of [
      [60, 100.99, 1],
      [70, 102, 2],
      [80, 99, 1],
      [90, 98, 1],
      [400, 101.5, 1],
    ])
      alerts.takeWindow(window(end, { close, revision }))
    expect(given.map(({ time, value }) => [time - start, Number(value.toFixed(9))])).toEqual([
      [80, 1],
      [400, 1.5],
    ])
    expect(describeAlert(given[1])).toBe('price_move BTC-USD: 1.5 %, limit 1')
    expect(given[1].id).toBe(`price_move BTC-USD ${start + 400}`)
  })

  test('windows of another length are not looked at', () => {
    const { alerts, given } = alertsWith({ price_move: { percent: 1 } })
    alerts.takeWindow(window(300, { start, close: 200 }))
    expect(given).toEqual([])
  })
})

describe('volume_spike', () => {
  const rule = { deviations: 3, minutes: 60, least_minutes: 20 }

  test('so many deviations above the mean of the minutes before, whole minutes alone, once there are twenty', () => {
    const { alerts, given } = alertsWith({ volume_spike: rule })
    for (let minute = 1; minute <= 20; minute++) {
      alerts.takeWindow(window(60 * minute, { volume: minute % 2 === 0 ? '3.0' : '1.0' }))
      alerts.takeWindow(window(60 * minute + 10, { volume: '1000' }))
    }
    alerts.takeWindow(window(60 * 21, { volume: '6.0' }))
    // Ten of 1 and ten of 3: mean 2, variance 20 / 19.
    expect(told(given)).toEqual([['volume_spike', 1260, 4 / Math.sqrt(20 / 19)]])
  })

  test('nothing is said of minutes without sizes, or that were all the same', () => {
    const { alerts, given } = alertsWith({ volume_spike: rule })
    for (let minute = 1; minute <= 30; minute++) alerts.takeWindow(window(60 * minute))
    alerts.takeWindow(window(60 * 31, { volume: '50' }))
    alerts.takeWindow(window(60 * 32, { volume: null, notional: null }))
    expect(given).toEqual([])
  })
})

test('volatility: return_std against its median of the last hour', () => {
  const { alerts, given } = alertsWith({ volatility: { times: 4, minutes: 60, least_minutes: 20 } })
  for (let minute = 1; minute <= 20; minute++) alerts.takeWindow(window(60 * minute, { return_std: 1e-4 * minute }))
  alerts.takeWindow(window(1210, { return_std: 4.1e-3 }))
  alerts.takeWindow(window(1220, { return_std: 4.3e-3 }))
  expect(given.map(({ rule, time, value }) => [rule, time - start, Number(value.toFixed(9))])).toEqual([
    ['volatility', 1220, Number((4.3e-3 / 1.05e-3).toFixed(9))],
  ])
})

test('spike_probability: the model says so itself, or a limit does', () => {
  const said = { product, time: 1e6 * start, probability: 0.3, alarm: true }
  const own = alertsWith({ spike_probability: { least: null } })
  own.alerts.takePrediction({ ...said, alarm: false })
  own.alerts.takePrediction(said)
  expect(own.given).toMatchObject([{ rule: 'spike_probability', value: 0.3, limit: null }])
  const limited = alertsWith({ spike_probability: { least: 0.5 } })
  limited.alerts.takePrediction(said)
  limited.alerts.takePrediction({ ...said, probability: 0.5, alarm: false })
  expect(limited.given).toMatchObject([{ value: 0.5, limit: 0.5 }])
})

test('spike_probability: alarms that stand most of the time are not told, until they are few again', () => {
  const { alerts, given } = alertsWith({ spike_probability: { least: null } })
  let second = 0
  const say = (seconds: number, alarm: boolean): void => {
    for (const until = second + seconds; second < until; second++)
      alerts.takePrediction({ product, time: 1e6 * (start + second), probability: 0.12, alarm })
  }
  say(3600, true)
  say(310, false)
  say(1, true)
  expect(told(given)).toEqual([['spike_probability', 0, 0.12]])
  say(9000, false)
  say(1, true)
  expect(told(given)).toHaveLength(2)
})

describe('stale', () => {
  const at = (second: number, of = product, type: 'trade' | 'clock' = 'trade') => ({
    ...{ type, product: of, time: 1e6 * (start + second) },
  })

  test('no quote or trade for half a minute, while heartbeats or other products go on', () => {
    const { alerts, given } = alertsWith({ stale: { silent_s: 30 } })
    alerts.takeEvent(at(0))
    for (let second = 1; second <= 100; second++)
      alerts.takeEvent(at(second, second % 2 ? 'ETH-USD' : product, 'clock'))
    expect(told(given)).toEqual([['stale', 30, 30]])
  })

  test('and again once it has spoken for five minutes', () => {
    const { alerts, given } = alertsWith({ stale: { silent_s: 30 } })
    const spoken = [0, 40, 90, ...Array.from({ length: 20 }, (_, i) => 100 + 20 * i), 600]
    for (const second of spoken) alerts.takeEvent(at(second))
    expect(told(given)).toEqual([
      ['stale', 30, 40],
      ['stale', 510, 120],
    ])
  })
})

describe('dlq_rate', () => {
  const event = (second: number) => ({ type: 'trade' as const, product, time: 1e6 * (start + second) })

  test('above a per cent of all that came in five minutes, judged when the events have passed', () => {
    const { alerts, given } = alertsWith({ dlq_rate: { percent: 1, span_s: 300 } })
    for (let second = 0; second < 600; second++) alerts.takeEvent(event(second))
    for (const second of [100, 200, 300]) alerts.takeDeadLetter(1e6 * (start + second))
    expect(given).toEqual([])
    alerts.takeDeadLetter(1e6 * (start + 300))
    alerts.takeDeadLetter(1e6 * (start + 301))
    expect(given).toMatchObject([{ rule: 'dlq_rate', product: 'partition-0', time: start + 360, limit: 1 }])
  })

  test('whichever of the two is read first, the same alerts', () => {
    const letters = fc.array(fc.nat({ max: 4000 }), { maxLength: 60 })
    fc.assert(
      fc.property(letters, fc.infiniteStream(fc.boolean()), (times, eventFirst) => {
        const run = (next: () => boolean): AlertRow[] => {
          const { alerts, given } = alertsWith({ dlq_rate: { percent: 1, span_s: 300 } }, 60)
          let [e, l] = [0, 0]
          while (e < 4000 || l < times.length)
            if (e < 4000 && (l === times.length || next())) alerts.takeEvent(event(e++))
            else alerts.takeDeadLetter(1e6 * (start + times[l++]))
          return given
        }
        const mixed = run(() => eventFirst.next().value as boolean)
        expect(mixed).toEqual(run(() => true))
        expect(mixed).toEqual(run(() => false))
      }),
      { numRuns: 50 },
    )
  })
})

describe('an alert as a record', () => {
  const alert = { id: 'a', rule: 'stale', product, time: 1, value: 31, limit: 30, unit: 's' }
  test.each([
    ['another rule', { ...alert, rule: 'boredom' }],
    ['no number', { ...alert, value: 'much' }],
    ['no id', { ...alert, id: undefined }],
    ['nothing', null],
  ])('%s is none', (_, value) => {
    expect(decodeAlert(JSON.stringify(value))).toBeNull()
    expect(decodeAlert(JSON.stringify(alert))).toEqual(alert)
  })
})
