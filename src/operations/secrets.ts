/** Variables whose values are secrets, whatever text they turn up in. */
const secretName =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|(?:API|SECRET|ACCESS|PRIVATE)_?KEY|WEBHOOK_URL)$/i
/** Words that any text and any JSON may hold. */
const words = ['true', 'false', 'null', 'none', 'yes', 'no', 'on', 'off']

/**
 * The values of an environment's secret variables: `*_PASSWORD`, `*_TOKEN`, `*_SECRET`, `*_API_KEY`, `*_WEBHOOK_URL` and the like; and user and
 * password together as an Authorization header has them, where the user is in `*_USERNAME` or `*_USER`. A value of one
 * character, and a word such as true, is none.
 */
export function secretsIn(environment: Record<string, string | undefined>): string[] {
  const secrets = new Set<string>()
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !secretName.test(name)) continue
    const secret = value.trim()
    if (secret.length < 2 || words.includes(secret.toLowerCase())) continue
    secrets.add(secret)
    const prefix = name.replace(secretName, '')
    for (const user of [environment[`${prefix}_USERNAME`], environment[`${prefix}_USER`], ''])
      if (user !== undefined) {
        const login = Buffer.from(`${user}:${value}`)
        secrets.add(login.toString('base64').replace(/=+$/, '')).add(login.toString('base64url'))
      }
  }
  return [...secrets]
}
