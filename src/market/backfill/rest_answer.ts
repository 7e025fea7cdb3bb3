/** What an exchange's REST API said, or why it said nothing that can be used. */
export type RestAnswer =
  | { text: string; answer: object }
  /** `again`: the same question may be answered later; `waitMs`: not before so long. */
  | { fault: string; again: boolean; waitMs: number }

/** No answer is longer; a thousand trades are 200 kB. */
const bytesLimit = 4 << 20

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
    if (!response.ok) {
      await response.body?.cancel()
      const waitMs = 1000 * Math.min(60, Number(response.headers.get('retry-after')) || 0)
      return { fault: `status ${response.status}`, again: response.status === 429 || response.status >= 500, waitMs }
    }
    const text = await textOf(response)
    if (text === null) return { fault: `more than ${bytesLimit} bytes`, again: false, waitMs: 0 }
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return { text, answer }
    return { fault: 'no JSON object', again: false, waitMs: 0 }
  } catch (error) {
    const { name, message, cause } = error as Error
    if (name === 'SyntaxError') return { fault: 'not JSON', again: false, waitMs: 0 }
    const fault = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : (cause as Error)?.message || message
    return { fault, again: true, waitMs: 0 }
  }
}

/** @returns null when it is too long. */
async function textOf(response: Response): Promise<string | null> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > bytesLimit) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
