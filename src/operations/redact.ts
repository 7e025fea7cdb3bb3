/** Variables whose values are secrets, whatever text they turn up in. */
const secretVariables = ['KAFKA_PASSWORD', 'MLFLOW_TRACKING_PASSWORD', 'MLFLOW_TRACKING_TOKEN']
/** A shorter value would be found in text that has nothing to do with it. */
const shortestSecret = 6

/**
 * The text without logins in addresses (`wss://user:password@host`), without values of parameters such as `?token=…`, and
 * without the values of secret variables.
 */
export function redact(text: string, environment: Record<string, string | undefined> = process.env): string {
  const secrets = secretVariables.flatMap(name => {
    const value = environment[name]
    return value !== undefined && value.length >= shortestSecret ? [value] : []
  })
  return secrets
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
    .replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'`\\]*@/gi, '$1***@')
    .replaceAll(/([?&][\w.-]*(?:token|key|secret|password|signature|auth)[\w.-]*=)[^&#\s"'`\\]+/gi, '$1***')
}
