import { textOf } from '../backfill/rest_answer.ts'
import { withoutSecret } from '../feeds/without_secret.ts'
import type { ListenTo } from '../socket/listen.ts'

/** What came, whatever its status; `words` are its beginning, for people. Or why nothing did. */
export type Page = { status: number; text: string; words: string; retryAfterMs: number } | { fault: string }

const timeoutMs = 15_000
const longestWaitMs = 600_000
const wordsLength = 120

/** Asks once, with a limit of time and size. The key goes into a header and is taken out of what comes back. */
export async function askPage(
  url: string,
  { feed, secret, onHandshake }: Pick<ListenTo, 'feed' | 'secret' | 'onHandshake'>,
  signal: AbortSignal,
): Promise<Page> {
  const login = secret === undefined ? {} : feed.headers?.(secret)
  const limit = AbortSignal.timeout(timeoutMs)
  let response: Response
  let whole: string | null
  try {
    response = await fetch(url, {
      signal: AbortSignal.any([signal, limit]),
      headers: { accept: 'application/json', 'user-agent': 'spike60', ...login },
      redirect: 'error',
    })
    whole = await textOf(response)
  } catch (error) {
    const { message, cause } = error as Error
    return { fault: limit.aborted ? `no answer within ${timeoutMs} ms` : (cause as Error)?.message || message }
  }
  onHandshake?.(Object.fromEntries(response.headers))
  if (whole === null) return { fault: 'an answer that is too long' }
  const text = withoutSecret(whole, secret)
  const words = text.trim().replace(/\s+/g, ' ').slice(0, wordsLength)
  const seconds = Number(response.headers.get('retry-after'))
  return {
    status: response.status,
    text,
    words,
    retryAfterMs: seconds > 0 ? Math.min(longestWaitMs, 1000 * seconds) : 0,
  }
}
