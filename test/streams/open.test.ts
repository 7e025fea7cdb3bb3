import { describe, expect, test } from 'vitest'
import { connectionOptions } from '../../src/streams/kafka/connection.ts'
import { openStreams } from '../../src/streams/open.ts'

test.each([
  '',
  'kafka',
  'kafka://',
  'kafka://host',
  'kafka://host:9092,',
  'embedded://',
  'redis://host:1',
  'kafka://host:0',
  'kafka://host:65536',
  'kafka://a:9092,b:70000',
])("'%s' is no engine", async spec => {
  await expect(openStreams(spec)).rejects.toMatchObject({ code: 'BAD_ARGUMENT', exit: 2 })
})

test('a broker that does not answer is named, and can be tried again', async () => {
  await expect(openStreams('kafka://127.0.0.1:1')).rejects.toMatchObject({
    code: 'BROKER_UNAVAILABLE',
    retriable: true,
    message: expect.stringContaining('127.0.0.1:1'),
  })
})

describe('what the environment says of the connection', () => {
  const open = (environment: Record<string, string>) => connectionOptions(['broker:9092'], environment)

  test('nothing: no password, no TLS', () => {
    expect(open({})).toMatchObject({ bootstrapBrokers: ['broker:9092'], sasl: undefined, tls: undefined })
  })

  test('a user name, a password and TLS', () => {
    const environment = {
      KAFKA_USERNAME: 'u',
      KAFKA_PASSWORD: 'p',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_TLS: 'true',
    }
    expect(open(environment)).toMatchObject({
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' },
      tls: {},
    })
  })

  test('PLAIN without TLS only where that is asked for', () => {
    const login = { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' }
    expect(() => open(login)).toThrow(/shows the password to anyone on the way; set KAFKA_TLS=true, or KAFKA_TLS=false/)
    expect(open({ ...login, KAFKA_TLS: 'false' })).toMatchObject({ tls: undefined, sasl: { mechanism: 'PLAIN' } })
  })

  test('a broker by name is told which of its names is meant; an address has none', () => {
    expect(open({ KAFKA_TLS: 'true' }).tlsServerName).toBe(true)
    expect(connectionOptions(['broker:9092', '10.0.0.1:9092'], { KAFKA_TLS: 'true' }).tlsServerName).toBe(false)
  })

  test('every fault at once, no secret among them', () => {
    const environment = {
      KAFKA_PASSWORD: 'secret',
      KAFKA_SASL_MECHANISM: 'GUESS',
      KAFKA_TLS: 'maybe',
      KAFKA_TLS_CA: '/nowhere.pem',
    }
    try {
      open(environment)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_CONFIG', faults: { length: 4 } })
      expect(String(error)).not.toContain('secret')
    }
  })
})
