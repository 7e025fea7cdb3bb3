import pg from 'pg'
import { SpikeError } from '../../errors.ts'
import type { TopicFacts } from '../../streams/port.ts'
import type { Claim, Store } from '../port.ts'
import { openWith } from '../postgres/open.ts'
import { awsLogin, openBucket } from '../s3/client.ts'
import type { CopyFrom } from './load.ts'
import { redshiftDialect } from './write.ts'

/** A statement may wait for others in the server's queue. */
const limits = {
  ...{ connectionTimeoutMillis: 10_000, query_timeout: 600_000 },
  ...{ keepAlive: true, application_name: 'spike60 store' },
}

const roles = /^(default|arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+)$/

/**
 * The store in a Redshift database; see `openStore`. Rows are loaded from a bucket where the address ends with
 * `?copy_from=s3://BUCKET/PREFIX&iam_role=ROLE`, and sent in INSERTs elsewhere. The password comes from PGPASSWORD.
 */
export async function openRedshift(address: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  const url = new URL(address)
  const from = copyFromOf(url.searchParams)
  for (const name of ['copy_from', 'iam_role']) url.searchParams.delete(name)
  if (url.port === '') url.port = '5439'
  const client = new pg.Client({ connectionString: url.href.replace(/^redshift:/, 'postgres:'), ...limits })
  return openWith(client, 'redshift', redshiftDialect(from), topic, claim)
}

function copyFromOf(parameters: URLSearchParams): CopyFrom | undefined {
  const [place, role] = [parameters.get('copy_from'), parameters.get('iam_role')]
  if (place === null && role === null) return undefined
  if (place === null || role === null || !roles.test(role))
    throw new SpikeError(
      'BAD_ARGUMENT',
      'loading from a bucket takes ?copy_from=s3://BUCKET/PREFIX&iam_role=ROLE, the role as arn:aws:iam::ACCOUNT:role/NAME or default',
    )
  return { bucket: openBucket(place), role, region: awsLogin('S3').region }
}
