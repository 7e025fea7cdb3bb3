import { SpikeError } from '../../errors.ts'
import type { TopicSchema } from './topic_schemas.ts'

/** A schema as a registry knows it. */
export interface Registered {
  subject: string
  id: number
}

const timeoutMs = 10_000
const wordsLength = 300

/**
 * Registers each schema as `<topic>-value` at a Confluent-compatible schema registry; one that stands there keeps its id.
 * @param registry address, also with a login in it.
 * @throws SpikeError CHECK_FAILED when the registry refuses one, with its own words; SOCKET_FAILED when it does not answer.
 */
export async function registerSchemas(schemas: TopicSchema[], registry: string): Promise<Registered[]> {
  const { origin, pathname, username, password } = new URL(registry)
  const headers: Record<string, string> = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
  if (username !== '')
    headers.authorization = `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`
  const base = `${origin}${pathname.replace(/\/+$/, '')}`
  const registered: Registered[] = []
  for (const { topic, schema } of schemas) {
    const subject = `${topic}-value`
    const body = JSON.stringify({ schemaType: 'JSON', schema: JSON.stringify(schema) })
    const url = `${base}/subjects/${encodeURIComponent(subject)}/versions`
    let status: number
    let text: string
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
      status = response.status
      text = await response.text()
    } catch (cause) {
      const { message, cause: inner } = cause as Error
      const why = (inner as Error)?.message || message
      throw new SpikeError('SOCKET_FAILED', `${base}: no schema registry answers (${why}); check --registry`, { cause })
    }
    const id = status === 200 ? idIn(text) : null
    if (id === null)
      throw new SpikeError('CHECK_FAILED', `${base} refuses ${subject}: status ${status} ${text.slice(0, wordsLength)}`)
    registered.push({ subject, id })
  }
  return registered
}

function idIn(text: string): number | null {
  try {
    const { id } = JSON.parse(text)
    return Number.isSafeInteger(id) ? id : null
  } catch {
    return null
  }
}
