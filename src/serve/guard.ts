import type { IncomingMessage } from 'node:http'

export interface GuardOptions {
  /** Names under which it may be called, beside those of this machine. */
  hosts: string[]
  /** Origins of other pages that may read it. */
  origins: string[]
  /** Addresses whose X-Forwarded-For is believed. */
  proxies: string[]
}

const ownNames = ['localhost', '127.0.0.1', '[::1]']
const longestUrl = 2048

/** Why a request is not answered; null where it may be. A page elsewhere that points its own name here is refused by its Host. */
export function refusalOf(request: IncomingMessage, { hosts }: GuardOptions): { status: number; line: string } | null {
  const { method, url = '/', headers } = request
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, line: 'only GET and HEAD' }
  if (url.length > longestUrl) return { status: 414, line: `an address has at most ${longestUrl} characters` }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
    return { status: 413, line: 'a request has no body here' }
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  if (![...ownNames, ...hosts].includes(name))
    return { status: 403, line: 'this host name is not served; name it with --host-name' }
  return null
}

/** The headers of every answer. */
export function securityHeaders({ headers }: IncomingMessage, { origins }: GuardOptions): Record<string, string> {
  const { origin } = headers
  return {
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    ...(origin !== undefined && origins.includes(origin)
      ? { 'access-control-allow-origin': origin, 'cross-origin-resource-policy': 'cross-origin', vary: 'Origin' }
      : {}),
  }
}

/** Whom a request counts for: the address it comes from, or the one that a known proxy says. */
export function clientOf({ socket, headers }: IncomingMessage, { proxies }: GuardOptions): string {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const forwarded = headers['x-forwarded-for']
  if (!proxies.includes(address) || typeof forwarded !== 'string') return address
  return forwarded.split(',').at(-1)!.trim().slice(0, 64) || address
}
