/** A place that looks like a secret; `found` is never to be printed whole. */
export interface Finding {
  line: number
  kind: string
  found: string
}

const patterns: Record<string, RegExp> = {
  'private key': /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g,
  'AWS key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  'GitHub token': /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/g,
  'npm token': /\bnpm_[A-Za-z0-9]{36}\b/g,
  'PyPI token': /\bpypi-[A-Za-z0-9_-]{50,}/g,
  'Slack token': /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  'Google key': /\bAIza[0-9A-Za-z_-]{35}\b/g,
  'Stripe key': /\b[rs]k_live_[0-9A-Za-z]{16,}/g,
  'JSON web token': /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  'login in an address': /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"`$<>{}]+:[^\s/:@'"`$<>{}]+@[^\s'"`]/g,
  'assigned secret':
    /(?:password|passwd|secret|token|api_?key|private_?key)\w*["']?\s*[:=]\s*["'`](?=[^"'`\s]*\d)[^"'`\s${}]{8,}["'`]/gi,
}

const randomLooking = /(?<![A-Za-z0-9+/_=.-])[A-Za-z0-9+/_-]{24,}={0,2}(?![A-Za-z0-9+/_-])/g

/**
 * Strings of a text that look like secrets: by the form of known tokens, by what they are assigned to, and by being long and
 * random: at least 24 characters of base64 with capitals, small letters and digits, and 4.2 bits of entropy a character.
 */
export function findSecrets(text: string): Finding[] {
  return text.split('\n').flatMap((content, index) => {
    const known = Object.entries(patterns).flatMap(([kind, pattern]) =>
      [...content.matchAll(pattern)].map(([found]) => ({ line: index + 1, kind, found })),
    )
    const random = [...content.matchAll(randomLooking)]
      .map(([found]) => ({ line: index + 1, kind: 'random string', found }))
      .filter(({ found }) => looksRandom(found))
    return [...known, ...random]
  })
}

function looksRandom(text: string): boolean {
  return [/[A-Z]/, /[a-z]/, /\d/].every(kind => kind.test(text)) && entropy(text) >= 4.2 && !isWords(text)
}

/** Paths and names made of words: no piece between separators changes its kind of letter often. */
function isWords(text: string): boolean {
  const changes = text.match(/[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]/g)?.length ?? 0
  return changes < text.length / 8
}

/** Bits a character by the text's own frequencies. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}
