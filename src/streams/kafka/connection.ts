import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { BaseOptions, RetryDelayGetter, SASLOptions } from '@platformatic/kafka'
import { SpikeError } from '../../errors.ts'
import { brokerFaults, timedOut, triedInVain, unreachable } from './error_tree.ts'
import { refusalOf } from './refusal.ts'

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

export type Environment = Record<string, string | undefined>

/**
 * What every client of a broker is opened with. Secrets come from the environment only: KAFKA_USERNAME, KAFKA_PASSWORD,
 * KAFKA_SASL_MECHANISM (PLAIN), KAFKA_TLS (true or false), KAFKA_TLS_CA (path of a PEM file, read anew at each start).
 * @throws SpikeError BAD_CONFIG, one line a fault.
 */
export function connectionOptions(brokers: string[], environment: Environment = process.env): BaseOptions {
  const faults: string[] = []
  const options: BaseOptions = {
    clientId: 'spike60',
    bootstrapBrokers: brokers,
    connectTimeout: 3000,
    requestTimeout: 15_000,
    timeout: 30_000,
    retries: 100,
    retryDelay: pauseUnlessHopeless,
    metadataMaxAge: 30_000,
    sasl: readSasl(environment, faults),
    tls: readTls(environment, faults),
    tlsServerName: brokers.every(broker => isIP(broker.slice(0, broker.lastIndexOf(':'))) === 0),
  }
  if (options.sasl?.mechanism === 'PLAIN' && !options.tls && environment.KAFKA_TLS !== 'false')
    faults.push(
      'environment: the login PLAIN shows the password to anyone on the way; set KAFKA_TLS=true, or KAFKA_TLS=false to allow that',
    )
  if (faults.length > 0) throw new SpikeError('BAD_CONFIG', faults)
  return options
}

const retryMs = 20
/** A broker that is being started again is tried for 2 s. */
const unreachableMs = 100
const unreachableAttempts = 20
/** The markers of the last transaction are written within milliseconds; the next one begins when they are. */
const markersMs = 2
const markersAttempts = 10

/**
 * The client retries a refused login or certificate like a lost connection; this ends its retries at once. They are nested:
 * what was tried in vain inside is not tried again outside, nor what a broker did not answer in its time; then it is the
 * job's turn to say so and to begin anew.
 */
const pauseUnlessHopeless: RetryDelayGetter = (client, _operation, attempt, _retries, error) => {
  if (attempt <= markersAttempts && brokerFaults(error).has('CONCURRENT_TRANSACTIONS')) return markersMs
  const isHopeless = refusalOf(error) !== null || triedInVain(error) || timedOut(error)
  if (!isHopeless && !unreachable(error)) return retryMs
  if (!isHopeless && attempt < unreachableAttempts) return unreachableMs
  setImmediate(() => (client as unknown as NodeJS.EventEmitter).emit('client:close'))
  return 60_000
}

function readSasl(environment: Environment, faults: string[]): SASLOptions | undefined {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment
  if (!username && !password) return undefined
  const mechanism = environment.KAFKA_SASL_MECHANISM || 'PLAIN'
  const known = mechanisms.find(name => name === mechanism)
  if (!username || !password) faults.push('environment: set both KAFKA_USERNAME and KAFKA_PASSWORD, or neither')
  if (!known) faults.push(`environment: KAFKA_SASL_MECHANISM is one of ${mechanisms.join(', ')}, not '${mechanism}'`)
  return known && { mechanism: known, username, password }
}

function readTls(environment: Environment, faults: string[]): BaseOptions['tls'] {
  const { KAFKA_TLS: tls, KAFKA_TLS_CA: ca } = environment
  if (tls && !['true', 'false'].includes(tls)) faults.push(`environment: KAFKA_TLS is true or false, not '${tls}'`)
  if (tls !== 'true' && !ca) return undefined
  if (!ca) return {}
  try {
    return { ca: readFileSync(ca) }
  } catch {
    faults.push(`environment: KAFKA_TLS_CA: ${ca} cannot be read; name a PEM file`)
    return undefined
  }
}
