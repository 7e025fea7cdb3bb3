import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type AlertRow, decodeAlert } from '../../core/indicators/alerts/alert_row.ts'
import { createTopics } from '../../streams/create_topics.ts'
import type { Streams, TopicSpec } from '../../streams/port.ts'
import { follow } from '../follow.ts'
import type { Receiver } from './receivers.ts'

/** What came of alerts on their way to one receiver. */
export interface Delivery {
  name: Receiver['name']
  delivered: number
  /** Tries that are made again. */
  failed: number
  refused: number
}

export interface DeliverOptions {
  streams: Streams
  /** Topic of alerts; made where it is missing. */
  topic: TopicSpec
  receiver: Receiver
  delivery: Delivery
  stop: AbortSignal
  log?: Logger
  pace?: DeliveryPace
}

/** Milliseconds. */
export interface DeliveryPace {
  timeout: number
  /** Before the second try of an alert, doubled for each one after it. */
  first: number
  longest: number
}

const patient: DeliveryPace = { timeout: 10_000, first: 1000, longest: 60_000 }
/** Not now, but perhaps later. */
const later: readonly number[] = [408, 425, 429]

/**
 * Brings each alert of a topic to a receiver until told to stop: in order, at least once. The next one is sent when this one is
 * taken; after a crash the last one may come again, with the same id. An answer is waited for 10 s; where none comes, or one that says
 * that the receiver is busy, the alert is sent again, for as long as it takes. What a receiver refuses is counted and not sent again.
 * @throws SpikeError as `follow`.
 */
export async function deliver({ streams, topic: spec, receiver, stop, ...options }: DeliverOptions): Promise<void> {
  const topic = spec.name
  const group = `alerts-${receiver.name}-${topic}`
  await follow({
    ...{ streams, topics: [topic], stop },
    async begin(streams, life) {
      await createTopics(streams, [spec])
      const writer = await streams.writer(group)
      life.defer(() => writer.close())
      return {
        start: await streams.committed(group, topic),
        async take(batch) {
          for (const { value, partition, offset } of batch) {
            const alert = decodeAlert(value.toString())
            if (alert !== null) await sendPatiently(alert, { receiver, stop, ...options })
            if (stop.aborted) return
            await writer.commit({ records: [], group, positions: [{ topic, partition, offset: offset + 1 }] })
          }
        },
      }
    },
  })
}

type Sending = Pick<DeliverOptions, 'receiver' | 'delivery' | 'stop' | 'log' | 'pace'>

/** Until it is taken or refused, or the signal comes. */
async function sendPatiently(
  alert: AlertRow,
  { receiver, delivery, stop, log, pace = patient }: Sending,
): Promise<void> {
  const { name } = receiver
  for (let pause_ms = pace.first; !stop.aborted; pause_ms = Math.min(2 * pause_ms, pace.longest)) {
    const answer = await post(receiver, alert, pace.timeout, stop)
    if (answer === 'taken') delivery.delivered++
    else if (typeof answer === 'number') {
      delivery.refused++
      log?.error({ receiver: name, alert: alert.id, status: answer }, 'an alert is refused, and not sent again')
    }
    if (typeof answer !== 'object' || stop.aborted) return
    delivery.failed++
    log?.warn({ receiver: name, alert: alert.id, reason: answer.fault, pause_ms }, 'an alert is not taken yet')
    await delay(pause_ms, undefined, { signal: stop }).catch(() => {})
  }
}

/** @returns the status of an answer that no other try would change. Its body is not read: it may have no end. */
async function post(
  { url, body }: Receiver,
  alert: AlertRow,
  timeout: number,
  stop: AbortSignal,
): Promise<'taken' | number | { fault: string }> {
  const limit = AbortSignal.timeout(timeout)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': encodeURIComponent(alert.id) },
      body: JSON.stringify(body(alert, Date.now())),
      redirect: 'manual',
      signal: AbortSignal.any([limit, stop]),
    })
    await response.body?.cancel()
    const { status, ok } = response
    if (ok) return 'taken'
    return status >= 500 || later.includes(status) ? { fault: `status ${status}` } : status
  } catch (error) {
    const { message, cause } = error as Error
    return { fault: limit.aborted ? `no answer within ${timeout} ms` : (cause as Error)?.message || message }
  }
}
