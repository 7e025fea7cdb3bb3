import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { SpikeError } from '../../errors.ts'
import { refusal, unreachable } from './faults.ts'

/** What hangs ends; a file of bronze is some megabytes. */
const patienceMs = 120_000

/** An object as a listing has it. */
export interface Listed {
  key: string
  size: number
}

/** A bucket, below a prefix. Keys are without the prefix. */
export interface Bucket {
  place: string
  /** Puts an object where there is none; false where there is one. The service checks the bytes by their SHA-256. */
  putIfAbsent(key: string, body: Uint8Array, metadata?: Record<string, string>): Promise<boolean>
  /** @returns null where there is none. */
  get(key: string): Promise<Buffer | null>
  /** In the order of keys, at most `most`. */
  list(under: string, most?: number): Promise<Listed[]>
}

/** Where S3 is and who asks; read from the variables that AWS's own tools know. */
interface Login {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  region: string
  endpoint?: string
}

/** @param service as in AWS_ENDPOINT_URL_S3. @throws SpikeError STORE_REFUSED where key or secret is not set. */
export function awsLogin(service: 'S3' | 'DYNAMODB' | 'SQS', environment = process.env): Login {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION } = environment
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new SpikeError('STORE_REFUSED', `${service}: no login; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`)
  return {
    ...{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    region: AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1',
    endpoint: environment[`AWS_ENDPOINT_URL_${service}`] ?? environment.AWS_ENDPOINT_URL,
  }
}

/** `s3://BUCKET/PREFIX`; nothing is asked yet. @throws SpikeError BAD_ARGUMENT, STORE_REFUSED. */
export function openBucket(address: string): Bucket {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/=-]*))?$/.exec(address)
  if (found === null)
    throw new SpikeError(
      'BAD_ARGUMENT',
      'this address names no bucket; write s3://BUCKET/PREFIX, and the login into AWS_ACCESS_KEY_ID and its like',
    )
  const [, bucket, under = ''] = found
  const prefix = under === '' || under.endsWith('/') ? under : `${under}/`
  const { endpoint, ...login } = awsLogin('S3')
  const client = new AwsClient({ ...login, service: 's3', retries: 0 })
  const base = endpoint ? `${endpoint}/${bucket}` : `https://s3.${login.region}.amazonaws.com/${bucket}`
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    try {
      const signal = AbortSignal.timeout(patienceMs)
      return await fetch(await client.sign(`${base}${path}`, init), { signal, redirect: 'manual' })
    } catch (error) {
      throw unreachable(address, error)
    }
  }
  const pathOf = (key: string): string => `/${`${prefix}${key}`.split('/').map(encodeURIComponent).join('/')}`
  const fail = async (answer: Response): Promise<never> => {
    throw refusal(address, answer.status, await answer.text())
  }
  return {
    place: address,
    async putIfAbsent(key, body, metadata = {}) {
      const marks = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])
      const checksum = createHash('sha256').update(body).digest('base64')
      const headers = { 'if-none-match': '*', 'x-amz-checksum-sha256': checksum, ...Object.fromEntries(marks) }
      const answer = await ask(pathOf(key), { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers })
      if (answer.ok || answer.status === 412) await answer.arrayBuffer()
      else await fail(answer)
      return answer.ok
    },
    async get(key) {
      const answer = await ask(pathOf(key), { method: 'GET' })
      if (answer.ok) return Buffer.from(await answer.arrayBuffer())
      const text = await answer.text()
      if (answer.status === 404 && !text.includes('NoSuchBucket')) return null
      throw refusal(address, answer.status, text)
    },
    async list(under, most = Number.POSITIVE_INFINITY) {
      const listed: Listed[] = []
      for (let token = ''; listed.length < most; ) {
        const query = new URLSearchParams({ 'list-type': '2', 'encoding-type': 'url', prefix: `${prefix}${under}` })
        query.set('max-keys', `${Math.min(1000, most - listed.length)}`)
        if (token !== '') query.set('continuation-token', token)
        const answer = await ask(`?${query}`, { method: 'GET' })
        if (!answer.ok) await fail(answer)
        const text = await answer.text()
        for (const [, one] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const key = decodeURIComponent(textOf(one, 'Key').replaceAll('+', ' '))
          listed.push({ key: key.slice(prefix.length), size: Number(textOf(one, 'Size')) })
        }
        token = textOf(text, 'NextContinuationToken')
        if (token === '') break
      }
      return listed
    },
  }
}

function textOf(xml: string, tag: string): string {
  const found = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? ''
  return found.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}
