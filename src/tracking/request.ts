import { SpikeError } from '../errors.ts'

export interface Answer {
  status: number
  /** The body, at most `mostBytes` of it. */
  text: string
  /** Where the server points to instead. */
  location: string | null
}

/** Far beyond a page of a thousand runs. */
const mostBytes = 32 * 2 ** 20

/**
 * One request, without following where it is pointed to: a login goes to the named server only.
 * @param stop ends it, the body included.
 * @throws SpikeError MLFLOW_UNAVAILABLE when there is no whole answer within that time and 32 MiB.
 */
export async function request(base: string, method: string, path: string, init: RequestInit, stop: AbortSignal) {
  try {
    const response = await fetch(base + path, { ...init, method, redirect: 'manual', signal: stop })
    const answer: Answer = {
      status: response.status,
      text: await readBody(response),
      location: response.headers.get('location'),
    }
    return answer
  } catch (cause) {
    throw new SpikeError(
      'MLFLOW_UNAVAILABLE',
      `${base}: no answer to ${method} ${path} (${reason(cause)}); start the server with npm run mlflow`,
      { cause },
    )
  }
}

async function readBody({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    bytes += part.length
    if (bytes > mostBytes) throw new Error(`more than ${mostBytes >> 20} MiB`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return firstLine(cause instanceof Error ? cause.message || cause.name : String(cause))
}

/** The beginning of what a server says, as one line without what a terminal would obey. */
export function firstLine(text: string): string {
  return text
    .trim()
    .split('\n')[0]
    .slice(0, 300)
    .replaceAll(/\p{Cc}+/gu, ' ')
}
