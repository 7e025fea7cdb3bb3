import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SpikeError } from '../errors.ts'
import { redact } from '../operations/redact.ts'
import { AnswerCache } from './answer_cache.ts'
import { decodePlaces, type Places } from './event_log.ts'
import type { EventStreams } from './event_streams.ts'
import { clientOf, type GuardOptions, refusalOf, securityHeaders } from './guard.ts'
import { docsPage, openApiOf } from './openapi.ts'
import { RateLimit } from './rate_limit.ts'
import type { RequestTimes } from './request_times.ts'
import type { Route } from './route.ts'
import type { StaticFile } from './static_file.ts'
import type { View } from './view.ts'

export interface ServerOptions {
  view: View
  routes: Route[]
  events: EventStreams
  files: Map<string, StaticFile>
  times: RequestTimes
  guard: GuardOptions
  /** Requests of a client in any minute. */
  limit: number
  version: string
  host: string
  /** 0 takes a free one. */
  port: number
}

export interface ApiServer {
  url: string
  close(): Promise<void>
}

const [requestMs, idleMs, sweepMs, mostConnections] = [5000, 30_000, 1000, 2000]

/** @throws SpikeError BAD_ARGUMENT when the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { host, port, events } = options
  const answer = answerer(options)
  const server = createServer({ connectionsCheckingInterval: sweepMs, maxHeaderSize: 8192 }, (request, response) => {
    try {
      answer(request, response)
    } catch (error) {
      console.error(redact(String((error as Error).stack)))
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json; charset=utf-8' })
      response.end('{"error":"a fault of this program; its log says more"}')
    }
  })
  server.headersTimeout = requestMs
  server.requestTimeout = requestMs
  server.keepAliveTimeout = requestMs
  server.maxConnections = mostConnections
  server.setTimeout(idleMs)
  await listen(server, host, port)
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    async close() {
      events.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'somebody listens there already' : code
    throw new SpikeError('BAD_ARGUMENT', `--port ${port} cannot be had on ${host} (${why}); name another`, { cause })
  }
}

interface Reply {
  /** The path of its route; absent for files, pages and what is none of these. */
  route?: string
  status: number
  type?: string
  body?: string | Buffer
  headers?: Record<string, string>
}

const json = 'application/json; charset=utf-8'
const html = 'text/html; charset=utf-8'

function fault(status: number, error: string, headers?: Record<string, string>): Reply {
  return { status, body: JSON.stringify({ error }), headers }
}

function answerer(options: ServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { events, files, guard, version, routes, times } = options
  const reply = replier(options)
  const pages = new Map<string, Reply>([
    ['/openapi.json', { status: 200, body: JSON.stringify(openApiOf(routes, version)) }],
    ['/docs', { status: 200, type: html, body: docsPage(routes) }],
  ])
  pages.set('/about', pages.get('/docs')!)
  if (!files.has('/')) pages.set('/', pages.get('/docs')!)

  function replyTo(request: IncomingMessage): Reply | Opening {
    const refusal = refusalOf(request, guard)
    if (refusal !== null) {
      request.resume()
      return fault(refusal.status, refusal.line, { connection: 'close' })
    }
    const { path, query } = split(request.url ?? '/')
    if (path === null) return fault(422, 'the address cannot be read: %XX of it is no text')
    if (path === '/events') return openingOf(request, query, options)
    const file = files.get(path)
    return file ? fileReply(file, request) : (pages.get(path) ?? reply(request, path, query))
  }

  return (request, response) => {
    const begun = performance.now()
    const own = securityHeaders(request, guard)
    const answer = replyTo(request)
    if ('hello' in answer) {
      const type = 'text/event-stream; charset=utf-8'
      response.writeHead(200, { ...own, 'content-type': type, 'cache-control': 'no-store' })
      if (request.method === 'HEAD') response.end()
      else {
        request.socket.setTimeout(0)
        events.open(response, answer.product, answer.seen, answer.hello)
      }
      return
    }
    const { route = 'other', status, type = json, body = '', headers } = answer
    const size = status === 304 ? {} : { 'content-type': type, 'content-length': `${Buffer.byteLength(body)}` }
    response.writeHead(status, { ...own, ...size, 'cache-control': 'no-store', ...headers })
    response.end(request.method === 'HEAD' ? undefined : body, () =>
      times.add(route, status, (performance.now() - begun) / 1000),
    )
  }
}

function fileReply({ type, bytes, etag }: StaticFile, { headers }: IncomingMessage): Reply {
  const asked = { etag, 'cache-control': 'no-cache' }
  return headers['if-none-match'] === etag
    ? { status: 304, headers: asked }
    : { status: 200, type, body: bytes, headers: asked }
}

function replier({ routes, view, guard, limit: most }: ServerOptions) {
  const limit = new RateLimit(most)
  const cache = new AnswerCache()
  const table = routes.map(route => ({ route, match: matcher(route.path) }))

  return (request: IncomingMessage, path: string, query: URLSearchParams): Reply => {
    const found = table.find(({ match }) => match(path) !== null)
    if (found === undefined) return fault(404, 'no such route; /docs lists them')
    const { route, match } = found
    const headers: Record<string, string> = {}
    if (route.limited) {
      const { allowed, remaining, resetSeconds } = limit.take(clientOf(request, guard), performance.now())
      headers['ratelimit-limit'] = `${most}`
      headers['ratelimit-remaining'] = `${remaining}`
      headers['ratelimit-reset'] = `${resetSeconds}`
      if (!allowed) {
        headers['retry-after'] = `${resetSeconds}`
        const refusal = `${most} requests a minute; come again in ${resetSeconds} s`
        return { ...fault(429, refusal, headers), route: route.path }
      }
    }
    const { status, text } = cache.answer(route, view, match(path)!.product, query, performance.now())
    if (status === 200 && route.cacheSeconds > 0) headers['cache-control'] = `max-age=${route.cacheSeconds}`
    return { route: route.path, status, body: text, headers }
  }
}

/** What a stream of events begins with. */
interface Opening {
  product: string | null
  seen: Places | null
  hello: string
}

function openingOf(request: IncomingMessage, query: URLSearchParams, { view, events }: ServerOptions): Opening | Reply {
  const asked = query.get('product')
  const product = asked === null ? null : view.find(asked)
  if (asked !== null && product === null) return fault(404, 'product: not known')
  const id = request.headers['last-event-id'] ?? query.get('after')
  const seen = id ? decodePlaces(String(id)) : null
  if (id && seen === null) return fault(422, 'Last-Event-ID: is not one that this server gave')
  if (events.isFull) return fault(503, 'too many event streams are open')
  const hello = { simulated: view.simulated(), products: [...view.products.keys()] }
  return { product: product?.product ?? null, seen, hello: JSON.stringify(hello) }
}

function split(url: string): { path: string | null; query: URLSearchParams } {
  const cut = url.indexOf('?')
  const query = new URLSearchParams(cut === -1 ? '' : url.slice(cut + 1))
  try {
    return { path: decodeURIComponent(cut === -1 ? url : url.slice(0, cut)), query }
  } catch {
    return { path: null, query }
  }
}

/** What a path has in the place of the braces; null where it is another path. */
function matcher(path: string): (asked: string) => { product: string | null } | null {
  const brace = path.indexOf('{')
  if (brace === -1) return asked => (asked === path ? { product: null } : null)
  const before = path.slice(0, brace)
  return asked =>
    asked.startsWith(before) && asked.length > before.length ? { product: asked.slice(before.length) } : null
}
