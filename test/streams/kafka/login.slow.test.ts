import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { envelope, heartbeat, iso, subscriptions, ticker } from '../../fixtures/wire.ts'
import type { CountingProxy } from '../../harness/counting_proxy.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { type SecureBroker, startSecureBroker, user } from '../../harness/kafka/secure_broker.ts'
import { needs } from '../../harness/needs.ts'
import { startVictim, type Victim } from '../../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-login-'))
const { raw } = readConfig().topics
const capture = join(folder, 'market.ndjson')
const victims: Victim[] = []
let secure: SecureBroker
let login: Record<string, string>

beforeAll(async () => {
  writeFileSync(capture, market().join('\n'))
  secure = await startSecureBroker(join(folder, 'broker'))
  const { name, password } = user
  login = {
    KAFKA_USERNAME: name,
    KAFKA_PASSWORD: password,
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_TLS_CA: secure.certificates.good,
  }
  const streams = await openStreams(secure.broker.spec)
  await streams.createTopics([raw])
  await streams.close()
}, 240_000)

afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  await secure?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Two minutes of one product, a quote a second. */
function market(): string[] {
  const seconds = Array.from({ length: 120 }, (_, second) => second)
  return [
    subscriptions(0, 0, ['BTC-USD']),
    ...seconds.map(second => ticker(second + 1, second)),
    heartbeat(121, 130),
    envelope('heartbeats', 122, 140, [{ current_time: iso(140), heartbeat_counter: 2 }]),
  ]
}

function start(script: string, proxy: { port: number }, environment: Record<string, string>, more: string[]): Victim {
  const victim = startVictim([script, '--topics', `kafka://127.0.0.1:${proxy.port}`, ...more], environment)
  victims.push(victim)
  return victim
}

const check = 'scripts/kafka_consume_check.ts'
const bounds = ['--topic', 'ticks.raw', '--min', '100']

describe('Kafka with TLS and a login', needs(lacksKafka()), () => {
  test('feed, featurizer and check work through it, and nobody prints the password', async () => {
    const feed = start('scripts/feed.ts', secure.login, login, ['--raw', capture, '--json'])
    expect(await feed.wait(), feed.log()).toMatchObject({ code: 0 })
    const plain = { ...login, KAFKA_SASL_MECHANISM: 'PLAIN' }
    const featurizer = start('features/featurizer.ts', secure.login, { ...plain, LOG_LEVEL: 'trace' }, [
      ...['--until-end', '--parquet', join(folder, 'features.parquet'), '--json'],
    ])
    expect(await featurizer.wait(), featurizer.log()).toMatchObject({ code: 0 })
    expect(JSON.parse(featurizer.out().trimEnd().split('\n').at(-1)!).rows).toBeGreaterThan(100)
    const checked = start(check, secure.login, login, bounds)
    expect(await checked.wait(), checked.log()).toMatchObject({ code: 0 })
    for (const victim of victims) expect(victim.log() + victim.out()).not.toContain(user.password)
  }, 240_000)

  test.each<[what: string, which: (secure: SecureBroker) => { port: number }, Record<string, string>, RegExp]>([
    [
      'a wrong password',
      s => s.login,
      { KAFKA_PASSWORD: 'wr0ng-0ne' },
      /user name or password refused; set KAFKA_USER/,
    ],
    [
      'a wrong password by PLAIN',
      s => s.login,
      { KAFKA_PASSWORD: 'wr0ng-0ne', KAFKA_SASL_MECHANISM: 'PLAIN' },
      /user name or password refused; set KAFKA_USER/,
    ],
    [
      'a login of another kind',
      s => s.login,
      { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256' },
      /name PLAIN, SCRAM-SHA-256 or/,
    ],
    ['an unknown authority', s => s.login, { KAFKA_TLS_CA: 'strange' }, /of no authority known here; let KAFKA_TLS_CA/],
    [
      'an expired certificate',
      s => s.expired,
      { KAFKA_TLS_CA: 'expired' },
      /certificate has expired; renew it, or set this machine's clock/,
    ],
    [
      'no TLS where it is spoken',
      s => s.login,
      { KAFKA_TLS: 'false', KAFKA_TLS_CA: '' },
      /do KAFKA_TLS and KAFKA_USERNAME fit this port\?/,
    ],
    [
      'neither login nor TLS where both are',
      s => s.login,
      { KAFKA_TLS_CA: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' },
      /this port speaks TLS; set KAFKA_TLS=true/,
    ],
    [
      'no login where one is needed',
      s => s.readable,
      { KAFKA_TLS_CA: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' },
      /do KAFKA_TLS and KAFKA_USERNAME fit this port\?/,
    ],
    ['TLS where none is spoken', s => s.readable, {}, /does this port speak TLS, and is the broker up\?/],
    [
      'a login where none is taken',
      s => s.broker,
      { KAFKA_TLS: 'false', KAFKA_TLS_CA: '' },
      /this port takes no login; unset KAFKA_USERNAME/,
    ],
  ])('%s: one line that says what to do, no second try', async (_, which, changes, line) => {
    const target = which(secure)
    const proxy = 'connections' in target ? (target as CountingProxy) : null
    const before = proxy?.connections ?? 0
    const { KAFKA_TLS_CA } = changes
    const environment = { ...login, ...changes }
    if (KAFKA_TLS_CA) environment.KAFKA_TLS_CA = secure.certificates[KAFKA_TLS_CA as 'strange' | 'expired']
    const victim = start(check, target, environment, bounds)
    expect(await victim.wait()).toMatchObject({ code: 1 })
    const lines = victim.log().trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(line)
    expect(victim.log() + victim.out()).not.toMatch(/wr0ng-0ne|corr3ct/)
    expect((proxy?.connections ?? 0) - before).toBeLessThanOrEqual(2)
  })

  test.each([
    ['the password changes', () => secure.changed, /user name or password refused/],
    ['the certificate expires', () => secure.expired.target, /certificate has expired/],
  ])(
    'when %s under a featurizer at work, it ends with that line after a few connections',
    async (_, target, line) => {
      const bundle = join(folder, 'both.pem')
      const { good, expired } = secure.certificates
      writeFileSync(bundle, [good, expired].map(path => readFileSync(path, 'utf8')).join('\n'))
      const proxy = secure.login
      const back = proxy.target
      const environment = { ...login, KAFKA_TLS_CA: bundle, KAFKA_SASL_MECHANISM: 'PLAIN' }
      const featurizer = start('features/featurizer.ts', proxy, environment, [
        '--parquet',
        join(folder, 'never.parquet'),
        '--metrics-port',
        '0',
      ])
      try {
        await expect.poll(() => featurizer.readyAfter(), { timeout: 80_000 }).not.toBeNull()
        const before = proxy.connections
        proxy.target = target()
        proxy.cut()
        expect(await Promise.race([featurizer.wait(), delay(60_000, 'still runs')]), featurizer.log()).toEqual({
          code: 1,
          signal: null,
        })
        expect(featurizer.log()).toMatch(line)
        expect(featurizer.log()).not.toContain(user.password)
        expect(proxy.connections - before).toBeLessThan(20)
      } finally {
        proxy.target = back
      }
    },
    150_000,
  )
})
