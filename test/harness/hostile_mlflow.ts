import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface HostileMlflow {
  uri: string
  /** Method and path of each request so far. */
  asked: string[]
}

type Answer = (outgoing: ServerResponse, incoming: IncomingMessage) => void

/** Answers with a status and JSON, or a text. */
export const says =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  outgoing =>
    void outgoing.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

/** Answers with what has no end, as fast as it is read. */
export const endless =
  (part: string): Answer =>
  outgoing => {
    outgoing.writeHead(200)
    const write = (): void => {
      while (!outgoing.destroyed && outgoing.write(part));
    }
    outgoing.on('drain', write)
    write()
  }

/** Answers with a blank every few milliseconds, and never ends. */
export const dripping: Answer = outgoing => {
  outgoing.writeHead(200)
  const drip = setInterval(() => outgoing.write(' '), 5)
  outgoing.on('close', () => clearInterval(drip))
}

/**
 * A server that takes itself for MLflow until it is asked for a path that ends as one of `answers` does; else it is one that holds
 * nothing and takes everything. It ends with the test.
 */
export async function startHostileMlflow(answers: Record<string, Answer>): Promise<HostileMlflow> {
  const asked: string[] = []
  const usual: Record<string, Answer> = {
    '/version': says(200, '3.4.0'),
    'experiments/get-by-name': says(200, { experiment: { experiment_id: '1' } }),
    'runs/search': says(200, {}),
    'runs/create': says(200, {
      run: {
        info: { run_id: 'r1', status: 'RUNNING', lifecycle_stage: 'active', artifact_uri: 'mlflow-artifacts:/1/r1' },
      },
    }),
    ...answers,
  }
  const server = createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '').split('?')[0]
    asked.push(`${incoming.method} ${path}`)
    const answer = Object.entries(usual).findLast(([end]) => path.endsWith(end))?.[1] ?? says(200, {})
    incoming.resume().once('end', () => answer(outgoing, incoming))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
