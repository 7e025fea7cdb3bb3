import { SpikeError } from '../../errors.ts'

const advice: Record<string, string> = {
  RequestTimeTooSkewed: 'this machine’s clock is off by more than the service allows; set it (see timedatectl)',
  InvalidAccessKeyId: 'there is no such access key; set AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch: 'the secret does not belong to the access key; set AWS_SECRET_ACCESS_KEY',
  ExpiredToken: 'the session has ended; set AWS_SESSION_TOKEN and its key anew',
  AccessDenied: 'the bucket is somebody else’s, or this key may not use it; name another bucket, or grant the right',
  AccountProblem: 'see the account’s own page',
  NoSuchBucket: 'there is no such bucket; make it, or name another one',
  InvalidBucketName: 'no bucket can be called so',
  PermanentRedirect: 'the bucket lies in another region; set AWS_REGION',
  AuthorizationHeaderMalformed: 'the bucket lies in another region; set AWS_REGION',
}

/**
 * What a service of AWS's kind answered, as one of our errors. @param place what was asked, without a login.
 * @param text the body: XML of S3, JSON of the others.
 */
export function refusal(place: string, status: number, text: string): SpikeError {
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? /"__type":\s*"(?:[^"#]*#)?([^"]*)"/.exec(text)?.[1] ?? ''
  const passes =
    status >= 500 ||
    status === 429 ||
    status === 408 ||
    /SlowDown|Throttl|ConditionalRequestConflict|TransactionInProgress|ProvisionedThroughput/.test(code)
  if (passes) return new SpikeError('STORE_UNAVAILABLE', `${place}: answered with ${status} ${code}`)
  const told = advice[code] ?? (status === 403 ? advice.AccessDenied : 'see what the service says of that')
  return new SpikeError('STORE_REFUSED', `${place}: refused with ${status} ${code}; ${told}`)
}

/** What `fetch` throws where nothing answers. */
export function unreachable(place: string, error: unknown): unknown {
  if (error instanceof SpikeError || !(error instanceof Error)) return error
  const cause =
    error.cause instanceof Error ? error.cause.message || String(Reflect.get(error.cause, 'code')) : error.message
  return new SpikeError('STORE_UNAVAILABLE', `${place}: no answer (${cause})`, { cause: error })
}
