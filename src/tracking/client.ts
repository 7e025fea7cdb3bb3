import { openAsBlob } from 'node:fs'
import { SpikeError } from '../errors.ts'

export interface MlflowRun {
  info: { run_id: string; status: string; lifecycle_stage: string; artifact_uri: string }
  data: { tags?: { key: string; value: string }[] }
  outputs?: { model_outputs?: { model_id: string }[] }
}

export interface LoggedModel {
  info: { model_id: string; artifact_uri: string; status: string }
}

/** Calls of MLflow's REST API 2.0: `api` for its JSON, `put` for artifacts through the server. */
export interface MlflowClient {
  uri: string
  api<Reply>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: Record<string, unknown>): Promise<Reply>
  /** As `api`, null where the server answers with one of `expected` error codes. */
  attempt<Reply>(
    expected: string,
    method: 'GET' | 'POST',
    path: string,
    body?: Record<string, unknown>,
  ): Promise<Reply | null>
  /** Stores a file, or a text, as `path` below an artifact address `mlflow-artifacts:/…`. */
  put(artifactUri: string, path: string, data: { file: string } | { text: string }): Promise<void>
}

const timeoutMs = 30_000
const uploadTimeoutMs = 300_000

/**
 * A client of the server at `uri` (http or https). Logs in with MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and
 * MLFLOW_TRACKING_PASSWORD, when they are set.
 * Calls throw SpikeError MLFLOW_UNAVAILABLE (no answer, or 408, 429, 5xx: try again) or MLFLOW_REFUSED (the server says no).
 * @throws SpikeError BAD_ARGUMENT for an address of another kind.
 */
export function connectMlflow(uri: string, environment: NodeJS.ProcessEnv = process.env): MlflowClient {
  const base = checkTrackingUri(uri)
  const login = authorization(environment)

  async function request(method: string, path: string, init: RequestInit, limit: number): Promise<Reply> {
    try {
      const response = await fetch(base + path, {
        ...init,
        method,
        headers: { ...init.headers, ...login },
        signal: AbortSignal.timeout(limit),
      })
      return { status: response.status, text: await response.text() }
    } catch (cause) {
      throw new SpikeError(
        'MLFLOW_UNAVAILABLE',
        `${base}: no answer to ${method} ${path} (${reason(cause)}); start the server with npm run mlflow`,
        { cause },
      )
    }
  }

  async function call(method: string, path: string, body?: Record<string, unknown>): Promise<Reply> {
    const query = method === 'GET' && body ? `?${new URLSearchParams(body as Record<string, string>)}` : ''
    const init = method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return request(method, `/api/2.0/mlflow/${path}${query}`, init, timeoutMs)
  }

  function parse<T>(reply: Reply, what: string): T {
    if (reply.status >= 200 && reply.status < 300) return (reply.text ? JSON.parse(reply.text) : {}) as T
    const { code, message } = readFault(reply.text)
    const retriable = reply.status >= 500 || reply.status === 408 || reply.status === 429
    throw new SpikeError(
      retriable ? 'MLFLOW_UNAVAILABLE' : 'MLFLOW_REFUSED',
      `${base}: ${what} was answered with ${reply.status} ${code}: ${message}`,
    )
  }

  return {
    uri: base,
    async api(method, path, body) {
      return parse(await call(method, path, body), `${method} ${path}`)
    },
    async attempt(expected, method, path, body) {
      const reply = await call(method, path, body)
      if (reply.status >= 400 && readFault(reply.text).code === expected) return null
      return parse(reply, `${method} ${path}`)
    },
    async put(artifactUri, path, data) {
      const place = artifactUri.match(/^mlflow-artifacts:\/+(?:[^/]*:\d+\/+)?(.*)$/)?.[1]
      if (place === undefined)
        throw new SpikeError(
          'MLFLOW_REFUSED',
          `${base}: keeps artifacts at ${artifactUri}, not behind itself; start it with --artifacts-destination`,
        )
      const target = [...place.split('/'), ...path.split('/')].map(encodeURIComponent).join('/')
      const body = 'file' in data ? await openAsBlob(data.file) : data.text
      const init = { headers: { 'content-type': 'application/octet-stream' }, body }
      parse(
        await request('PUT', `/api/2.0/mlflow-artifacts/artifacts/${target}`, init, uploadTimeoutMs),
        `PUT of artifact ${path}`,
      )
    },
  }
}

interface Reply {
  status: number
  text: string
}

/** The address without its last slash. @throws SpikeError BAD_ARGUMENT unless it is http or https without a password in it. */
function checkTrackingUri(uri: string): string {
  const url = URL.parse(uri)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `MLFLOW_TRACKING_URI must be like http://127.0.0.1:5000 (http or https, login in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD), not '${url?.username ? `${url.protocol}//…@${url.host}` : uri}'`,
    )
  return url.href.replace(/\/+$/, '')
}

function authorization(environment: NodeJS.ProcessEnv): Record<string, string> {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = environment
  if (user && password) return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  return token ? { authorization: `Bearer ${token}` } : {}
}

function readFault(text: string): { code: string; message: string } {
  try {
    const { error_code, message } = JSON.parse(text) as { error_code?: string; message?: string }
    return { code: error_code ?? '', message: firstLine(message ?? text) }
  } catch {
    return { code: '', message: firstLine(text) }
  }
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return firstLine(cause instanceof Error ? cause.message || cause.name : String(cause))
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0].slice(0, 300)
}
