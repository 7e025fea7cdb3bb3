import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CountingProxy, startCountingProxy } from '../counting_proxy.ts'
import { freePorts } from '../free_ports.ts'
import { startTestBroker, type TestBroker } from './broker.ts'

/** The user that the broker knows; its name and password must never be seen in what a program prints. */
export const user = { name: 'quant', password: 'corr3ct-h0rse' }

export interface SecureBroker {
  broker: TestBroker
  /** Each listener behind a proxy that counts connections. */
  login: CountingProxy
  readable: CountingProxy
  expired: CountingProxy
  /** Port of a listener like `login` where the user has another password. */
  changed: number
  /** PEM files: the certificate that the broker shows, the one that has expired, and one of nobody here. */
  certificates: { good: string; expired: string; strange: string }
  remove(): Promise<void>
}

/**
 * A broker with SASL_SSL (PLAIN and SCRAM-SHA-512), SASL without TLS, and TLS with a certificate that has expired.
 * Certificates are made by the JRE's keytool.
 */
export async function startSecureBroker(folder: string): Promise<SecureBroker> {
  mkdirSync(folder, { recursive: true })
  const good = makeCertificate(folder, 'good', ['-validity', '2'])
  const expired = makeCertificate(folder, 'expired', ['-startdate', '-3d', '-validity', '1'])
  const strange = makeCertificate(folder, 'strange', ['-validity', '2'])
  const [login, readable, expiredPort, changed] = await freePorts(4)
  const proxies = {
    login: await startCountingProxy(login),
    readable: await startCountingProxy(readable),
    expired: await startCountingProxy(expiredPort),
  }
  const plain = (password: string): string =>
    `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user.name}="${password}";`
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const broker = await startTestBroker(undefined, {
    listeners: {
      LOGIN: { protocol: 'SASL_SSL', port: login, advertised: proxies.login.port },
      READABLE: { protocol: 'SASL_PLAINTEXT', port: readable, advertised: proxies.readable.port },
      CHANGED: { protocol: 'SASL_SSL', port: changed, advertised: proxies.login.port },
      EXPIRED: { protocol: 'SSL', port: expiredPort, advertised: proxies.expired.port },
    },
    properties: {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
      ...keystore('login', good.keystore),
      ...keystore('expired', expired.keystore),
      'listener.name.login.plain.sasl.jaas.config': plain(user.password),
      'listener.name.login.scram-sha-512.sasl.jaas.config': scram,
      ...keystore('changed', good.keystore),
      'listener.name.changed.plain.sasl.jaas.config': plain('an0ther'),
      'listener.name.changed.scram-sha-512.sasl.jaas.config': scram,
      'listener.name.readable.plain.sasl.jaas.config': plain(user.password),
      'listener.name.readable.scram-sha-512.sasl.jaas.config': scram,
    },
    jvm: [],
    format: ['--add-scram', `SCRAM-SHA-512=[name=${user.name},password=${user.password}]`],
  })
  return {
    broker,
    ...proxies,
    changed,
    certificates: { good: good.pem, expired: expired.pem, strange: strange.pem },
    async remove() {
      await Promise.all(Object.values(proxies).map(proxy => proxy.close()))
      await broker.remove()
    },
  }
}

const storePassword = 'of-this-test'

function keystore(listener: string, path: string): Record<string, string> {
  const name = `listener.name.${listener}.ssl.keystore`
  return {
    [`${name}.location`]: path,
    [`${name}.type`]: 'PKCS12',
    [`${name}.password`]: storePassword,
  }
}

/** A certificate that signs itself, for 127.0.0.1 and localhost: key and certificate for the broker, a PEM file for clients. */
function makeCertificate(folder: string, name: string, validity: string[]): { keystore: string; pem: string } {
  const keystore = join(folder, `${name}.p12`)
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', storePassword, '-alias', name]
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', `CN=${name}`]
  const names = ['-ext', 'san=ip:127.0.0.1,dns:localhost', '-ext', 'bc:c']
  execFileSync('keytool', ['-genkeypair', ...store, ...key, ...names, ...validity], { stdio: 'pipe' })
  const pem = join(folder, `${name}.pem`)
  writeFileSync(pem, execFileSync('keytool', ['-exportcert', '-rfc', ...store], { stdio: 'pipe' }))
  return { keystore, pem }
}
