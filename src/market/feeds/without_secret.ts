/** What an exchange said: one that says the key aloud does not bring it into bronze, a log or an error. */
export function withoutSecret(text: string, secret: string | undefined): string {
  return secret === undefined ? text : text.replaceAll(secret, '***')
}
