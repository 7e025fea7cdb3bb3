import { brokerFaults, loginBrokeOff, walk } from './error_tree.ts'

const unknownIssuer = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/**
 * Why a broker and this client will never talk as they are set: login, certificate or protocol. Null for what may pass. Says
 * what to set; the settings' values are not in it.
 */
export function refusalOf(error: unknown): string | null {
  const nodes = [...walk(error)]
  const faults = brokerFaults(error)
  const codes = new Set(nodes.map(({ code }) => code))
  if (nodes.some(({ message }) => message === 'Broker requires TLS.'))
    return 'this port speaks TLS; set KAFKA_TLS=true, and KAFKA_TLS_CA if its certificate is of an authority of your own'
  if (unknownIssuer.some(code => codes.has(code)))
    return "the broker's certificate is of no authority known here; let KAFKA_TLS_CA name the PEM file of its authority"
  if (codes.has('CERT_HAS_EXPIRED'))
    return "the broker's certificate has expired; renew it, or set this machine's clock"
  if (codes.has('CERT_NOT_YET_VALID'))
    return "the broker's certificate is not valid yet; set this machine's clock, or wait"
  if (codes.has('ERR_TLS_CERT_ALTNAME_INVALID'))
    return "the broker's certificate is for another name than its address; name the broker as its certificate does"
  if (faults.has('UNSUPPORTED_SASL_MECHANISM'))
    return 'the broker does not offer the login of KAFKA_SASL_MECHANISM; name PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 as it does'
  if (faults.has('ILLEGAL_SASL_STATE'))
    return 'this port takes no login; unset KAFKA_USERNAME and KAFKA_PASSWORD, or name the port that does'
  if (codes.has('PLT_KFK_AUTHENTICATION') && !loginBrokeOff(error))
    return 'user name or password refused; set KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_SASL_MECHANISM'
  return null
}
