import { printable } from './printable.ts'
import { secretsIn } from './secrets.ts'

/** A login in an address, also where its password holds what no address may. A port and what follows it is none. */
const logins = [
  /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'`\\]*@/gi,
  /\b([a-z][a-z0-9+.-]*:\/\/)(?:\[[^\]\s]*\]|[^\s/?#"'`\\:@[\]]*):(?!\d{1,5}(?:[\s/?#"'`,;)\]\\]|[.:](?:\s|$)|$))[^\n@]{1,200}@/gi,
]
const parameters =
  /([?&](?!viewStateShareKey=)[\w.-]*(?:token|key|secret|passw(?:or)?d|pwd|signature|auth|credential)[\w.-]*=)[^&#\s"'`\\]+/gi
/** A word of small letters alone is none. */
const headers = /\b([Bb]asic|[Bb]earer|BASIC|BEARER)(\s+)(?=[\w+/.~=-]*[A-Z\d+/=])[\w+/.~=-]{6,}/g

/**
 * A text for a log or a terminal: `printable`, without logins in addresses (`wss://user:password@host`), without values of parameters such as `?token=…` and of
 * Authorization headers, and without the values of secret variables, as they are or encoded for an address, JSON or a login.
 * A secret of fewer than six characters is taken out only where it stands as a word; one of a single character not at all.
 */
export function redact(text: string, environment: Record<string, string | undefined> = process.env): string {
  const pattern = patternOf(secretsIn(environment))
  const known = pattern === null ? text : text.replaceAll(pattern, '***')
  const shown = logins
    .reduce((rest, login) => rest.replaceAll(login, '$1***@'), known)
    .replaceAll(parameters, '$1***')
    .replaceAll(headers, '$1$2***')
  return printable(shown)
}

/** A line of JSON with every text in it redacted: it stays one. */
export function redactJson(line: string, environment: Record<string, string | undefined> = process.env): string {
  return JSON.stringify(JSON.parse(line), (_, value) =>
    typeof value === 'string' ? redact(value, environment) : value,
  )
}

/** The last one made: the environment of a process hardly changes, and every line of a log is looked at. */
let last: { secrets: string; pattern: RegExp | null } = { secrets: '', pattern: null }

function patternOf(secrets: string[]): RegExp | null {
  const key = secrets.join('\0')
  if (key !== last.secrets) {
    const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
    last = { secrets: key, pattern: key === '' ? null : new RegExp(longestFirst.map(anyForm).join('|'), 'gu') }
  }
  return last.pattern
}

/** A shorter value would be found inside of words that have nothing to do with it. */
const longEnough = 6

/** Matches a secret with each of its characters as it is, percent-encoded, or escaped as in JSON or a literal. */
function anyForm(secret: string): string {
  const form = [...secret].map(anyFormOfOne).join('')
  if (/^\d+$/.test(secret)) return `(?<!\\d|\\d\\.)${form}(?!\\d|\\.\\d)`
  return secret.length < longEnough ? `(?<![\\p{L}\\p{N}_])${form}(?![\\p{L}\\p{N}_])` : form
}

function anyFormOfOne(character: string): string {
  const code = character.codePointAt(0)!
  const raw = literal(character)
  const percent = [...Buffer.from(character)].map(byte => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('')
  if (character === '\\') return `(?:${raw.repeat(4)}|${raw.repeat(2)}|${raw}|${percent})`
  const letter = escapes[character]
  const units = character.split('').map(unit => `\\\\+u${anyCase(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`)
  const forms = [raw, percent, units.join('')]
  if (character === ' ') forms.push('\\+')
  if (/["'`/]/.test(character)) forms.push(`\\\\+${raw}`)
  if (letter) forms.push(`\\\\+${letter}`)
  if (code < 256) forms.push(`\\\\+x${anyCase(code.toString(16).padStart(2, '0'))}`)
  return `(?:${forms.join('|')})`
}

const escapes: Record<string, string> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f', '\v': 'v' }
const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
const anyCase = (hex: string): string => hex.replaceAll(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`)
