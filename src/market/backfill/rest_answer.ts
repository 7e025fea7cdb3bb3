/** What an exchange's REST API said, or why it said nothing that can be used. */
export type RestAnswer =
  | { text: string; answer: object; headers: Headers }
  /** `again`: the same question may be answered later; `waitMs`: not before so long. `status` of HTTP, where it has one. */
  | { fault: string; again: boolean; waitMs: number; status?: number }

/** No answer is longer; a thousand trades are 200 kB. */
const bytesLimit = 4 << 20
/** A refusal's own words, such as `{"code":-1121,"msg":"Invalid symbol."}`. */
const wordsLimit = 200
/** Too many questions, and a ban for having gone on: each says for how long. */
const slowDown: readonly number[] = [429, 418]
/** The shortest ban, where none is named. */
const banMs = 120_000

/**
 * Asks once, with a limit of time and of size. Never throws: a failing REST API must not harm a stream.
 * @param signal gives up at once.
 */
export async function askRest(url: string, timeoutMs: number, signal: AbortSignal): Promise<RestAnswer> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: { accept: 'application/json', 'user-agent': 'spike60' },
      redirect: 'error',
    })
    const text = await textOf(response)
    if (!response.ok) return refusalOf(response, text)
    if (text === null) return { fault: `more than ${bytesLimit} bytes`, again: false, waitMs: 0 }
    if (/^\s*</.test(text)) return { fault: 'HTML, not JSON', again: false, waitMs: 0 }
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return { text, answer, headers: response.headers }
    return { fault: 'no JSON object', again: false, waitMs: 0 }
  } catch (error) {
    const { name, message, cause } = error as Error
    if (name === 'SyntaxError') return { fault: 'not JSON', again: false, waitMs: 0 }
    const fault = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : (cause as Error)?.message || message
    return { fault, again: true, waitMs: 0 }
  }
}

function refusalOf({ status, headers }: Response, text: string | null): RestAnswer {
  const words = text?.trim().startsWith('{') ? `: ${text.trim().replace(/\s+/g, ' ').slice(0, wordsLimit)}` : ''
  const seconds = Number(headers.get('retry-after'))
  const waitMs = seconds > 0 ? 1000 * seconds : status === 418 ? banMs : 0
  return { fault: `status ${status}${words}`, again: slowDown.includes(status) || status >= 500, waitMs, status }
}

/** The body. @returns null when it is too long. */
export async function textOf(response: Response): Promise<string | null> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > bytesLimit) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
