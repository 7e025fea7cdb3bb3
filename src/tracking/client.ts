import { openAsBlob } from 'node:fs'
import type { z } from 'zod'
import { SpikeError } from '../errors.ts'
import { replies } from './replies.ts'
import { type Answer, firstLine, request } from './request.ts'

/** Calls of MLflow's REST API 2.0: `api` for its JSON, `put` for artifacts through the server. */
export interface MlflowClient {
  uri: string
  api<Reply>(reply: z.ZodType<Reply>, method: Method, path: string, body?: Record<string, unknown>): Promise<Reply>
  /** As `api`, null where the server answers with one of `expected` error codes. */
  attempt<Reply>(
    expected: string,
    reply: z.ZodType<Reply>,
    method: Method,
    path: string,
    body?: Record<string, unknown>,
  ): Promise<Reply | null>
  /** Stores a file, or a text, as `path` below an artifact address `mlflow-artifacts:/…`. */
  put(artifactUri: string, path: string, data: { file: string } | { text: string }): Promise<void>
}

type Method = 'GET' | 'POST' | 'PATCH'

/** Milliseconds: for an answer, for an upload, and for all that one client asks. */
const limits = { answer: 30_000, upload: 300_000, all: 1_800_000 }
export type Limits = typeof limits

/**
 * A client of the server at `uri` (http or https). Logs in with MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and
 * MLFLOW_TRACKING_PASSWORD, when they are set.
 * Calls throw SpikeError MLFLOW_UNAVAILABLE (no answer in time, one that is not MLflow's, or 408, 429, 5xx: try again) or
 * MLFLOW_REFUSED (the server says no).
 * @throws SpikeError BAD_ARGUMENT as `checkTracking`.
 */
export function connectMlflow(
  uri: string,
  environment: NodeJS.ProcessEnv = process.env,
  { answer, upload, all }: Limits = limits,
): MlflowClient {
  const { base, login } = checkTracking(uri, environment)
  const over = AbortSignal.timeout(all)
  const ask = (method: string, path: string, init: RequestInit, limit: number): Promise<Answer> =>
    request(
      base,
      method,
      path,
      { ...init, headers: { ...init.headers, ...login } },
      AbortSignal.any([over, AbortSignal.timeout(limit)]),
    )

  async function call(method: string, path: string, body?: Record<string, unknown>): Promise<Answer> {
    const query = method === 'GET' && body ? `?${new URLSearchParams(body as Record<string, string>)}` : ''
    const init = method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return ask(method, `/api/2.0/mlflow/${path}${query}`, init, answer)
  }

  function parse<T>(schema: z.ZodType<T>, { status, text, location }: Answer, what: string): T {
    if (status >= 200 && status < 300) {
      const read = schema.safeParse(parseJson(text))
      if (read.success) return read.data
      const [{ path, message }] = read.error.issues
      const where = path.length > 0 ? `${path.join('.')}: ${message}` : message
      throw notMlflow(`${what} was answered with ${status} and what is not MLflow's (${where}): ${firstLine(text)}`)
    }
    if (status >= 300 && status < 400)
      throw notMlflow(`${what} is pointed to ${firstLine(location ?? 'nowhere')}, which is not followed`)
    const { code, message } = readFault(text)
    throw new SpikeError(
      status >= 500 || status === 408 || status === 429 ? 'MLFLOW_UNAVAILABLE' : 'MLFLOW_REFUSED',
      `${base}: ${what} was answered with ${status} ${code}: ${message}`,
    )
  }

  const notMlflow = (said: string): SpikeError =>
    new SpikeError('MLFLOW_UNAVAILABLE', `${base}: ${said}; set MLFLOW_TRACKING_URI to the server itself`)

  return {
    uri: base,
    async api(reply, method, path, body) {
      return parse(reply, await call(method, path, body), `${method} ${path}`)
    },
    async attempt(expected, reply, method, path, body) {
      const answer = await call(method, path, body)
      if (answer.status >= 400 && readFault(answer.text).code === expected) return null
      return parse(reply, answer, `${method} ${path}`)
    },
    async put(artifactUri, path, data) {
      const place = artifactUri.match(/^mlflow-artifacts:\/+(?:[^/]*:\d+\/+)?(.*)$/)?.[1]
      if (place === undefined)
        throw new SpikeError(
          'MLFLOW_REFUSED',
          `${base}: keeps artifacts at ${firstLine(artifactUri)}, not behind itself; start it with --artifacts-destination`,
        )
      const target = [...place.split('/'), ...path.split('/')].map(encodeURIComponent).join('/')
      const body = 'file' in data ? await openAsBlob(data.file) : data.text
      const init = { headers: { 'content-type': 'application/octet-stream' }, body }
      const answer = await ask('PUT', `/api/2.0/mlflow-artifacts/artifacts/${target}`, init, upload)
      parse(replies.any, answer, `PUT of artifact ${path}`)
    },
  }
}

/** An empty answer says nothing, as an empty object does; undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text || '{}')
  } catch {
    return undefined
  }
}

/**
 * The address of MLFLOW_TRACKING_URI without its last slash, and what logs in there; to be checked before any work whose runs
 * are sent there. Nothing is asked.
 * @throws SpikeError BAD_ARGUMENT unless it is http or https without a login in it, and the login can be sent.
 */
export function checkTracking(uri: string, environment: NodeJS.ProcessEnv = process.env) {
  const url = URL.parse(uri)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `MLFLOW_TRACKING_URI must be like http://127.0.0.1:5000 (http or https, login in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD), not '${firstLine(uri.replace(/\/\/.*@/s, '//…@'))}'`,
    )
  return { base: url.href.replace(/\/+$/, ''), login: authorization(environment) }
}

function authorization(environment: NodeJS.ProcessEnv): Record<string, string> {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = environment
  if (user && password) return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new SpikeError(
      'BAD_ARGUMENT',
      'MLFLOW_TRACKING_TOKEN holds what no token does, such as a blank or a line end',
    )
  return token ? { authorization: `Bearer ${token}` } : {}
}

function readFault(text: string): { code: string; message: string } {
  const { error_code, message } = (parseJson(text) ?? {}) as { error_code?: unknown; message?: unknown }
  return {
    code: typeof error_code === 'string' ? firstLine(error_code) : '',
    message: firstLine(typeof message === 'string' ? message : text),
  }
}
