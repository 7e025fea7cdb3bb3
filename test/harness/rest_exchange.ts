import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RestExchange {
  url: string
  /** What was asked for so far. */
  questions: { product: string; start: number; end: number }[]
  close(): Promise<void>
}

/** A REST API that answers its n-th question as the n-th answer says, the last one from there on. */
export async function startRestExchange(...answers: RequestListener[]): Promise<RestExchange> {
  const questions: RestExchange['questions'] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
    const [start, end] = ['start', 'end'].map(name => Number(searchParams.get(name)))
    const answer = answers[Math.min(questions.length, answers.length - 1)]
    questions.push({ product: pathname.split('/')[3], start, end })
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Answers with these trades whatever was asked, as the wire has them. */
export function trades(...list: object[]): RequestListener {
  return (_, response) => response.end(JSON.stringify({ trades: list, best_bid: '', best_ask: '' }))
}

export function status(code: number, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => response.writeHead(code, headers).end('no')
}
