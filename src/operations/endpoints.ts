import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { SpikeError } from '../errors.ts'
import { beatSeconds } from './health.ts'
import { type Metric, renderMetrics } from './metrics.ts'
import { processMetrics } from './process_metrics.ts'
import { redact } from './redact.ts'

export interface OperationsOptions {
  /** 0 takes a free one. */
  port: number
  /** Address to listen on; SPIKE60_METRICS_HOST, else this machine only. */
  host?: string
  /** Seconds since the job's loop last went round. */
  idle(): number
  /** Why the job is not ready; null when it is. */
  notReady(): string | null
  metrics(): Metric[] | Promise<Metric[]>
}

export interface Operations {
  url: string
  close(): Promise<void>
}

/** Who asks is a supervisor and a Prometheus: a few connections, each with one short question. */
const mostConnections = 64
const requestMs = 5000
const sweepMs = 1000

/**
 * Answers `/healthz` (200 while the job's loop goes round), `/readyz` (200 while it does its work) and `/metrics` in
 * Prometheus's text format; 503 tells in a line why not.
 * @throws SpikeError BAD_ARGUMENT when the port cannot be had.
 */
export async function serveOperations(options: OperationsOptions): Promise<Operations> {
  const host = options.host ?? process.env.SPIKE60_METRICS_HOST ?? '127.0.0.1'

  async function answer(path: string): Promise<{ status: number; type: string; body: string }> {
    const text = (status: number, line: string) => ({ status, type: 'text/plain; charset=utf-8', body: `${line}\n` })
    if (path === '/healthz') {
      const idle = options.idle()
      return idle <= 3 * beatSeconds
        ? text(200, 'ok')
        : text(503, `the loop has not gone round for ${idle.toFixed(0)} s`)
    }
    if (path === '/readyz') {
      const reason = options.notReady()
      return reason === null ? text(200, 'ready') : text(503, redact(reason))
    }
    if (path === '/metrics')
      return {
        status: 200,
        type: 'text/plain; version=0.0.4; charset=utf-8',
        body: renderMetrics([...(await options.metrics()), ...processMetrics()]),
      }
    return text(404, 'there are /healthz, /readyz and /metrics')
  }

  const connections = new Set<Socket>()
  const server = createServer({ connectionsCheckingInterval: sweepMs }, (request, response) => {
    request.resume()
    connections.delete(request.socket)
    connections.add(request.socket)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end('only GET and HEAD\n')
      return
    }
    answer((request.url ?? '/').split('?', 1)[0]).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      error => response.writeHead(500).end(`${redact((error as Error).message)}\n`),
    )
  })
  // The one that has been silent longest makes room: many that say nothing keep nobody from asking.
  server.on('connection', socket => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    if (connections.size > mostConnections) connections.values().next().value!.destroy()
  })
  server.headersTimeout = requestMs
  server.requestTimeout = requestMs
  server.listen(options.port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SpikeError(
      'BAD_ARGUMENT',
      `--metrics-port ${options.port} cannot be had on ${host} (${code}); name another`,
      {
        cause,
      },
    )
  }
  server.unref()
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
