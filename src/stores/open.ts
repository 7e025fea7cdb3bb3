import { resolve } from 'node:path'
import { SpikeError } from '../errors.ts'
import type { TopicFacts } from '../streams/port.ts'
import type { Claim, Store } from './port.ts'

/** What `openStore` takes, in words. */
export const storeKinds =
  'sqlite:FILE, hot:FILE (the same, but old rows leave), delta:FOLDER, s3://BUCKET/PREFIX, dynamodb://PREFIX, mysql://HOST:PORT/DATABASE, redshift://HOST:PORT/DATABASE or postgres://HOST:PORT/DATABASE'

/**
 * Opens where the rows of a topic rest, makes its tables where there are none, and fences whoever wrote before.
 * @throws SpikeError BAD_ARGUMENT for a store that there is not; STORE_UNAVAILABLE (retriable), STORE_REFUSED; WRITER_FENCED where
 * the claim was held and another holder has the topic; TOPIC_MISMATCH where the store was filled by another topic of that name.
 */
export async function openStore(spec: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  checkStore(spec)
  if (spec.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite/open.ts')
    return openSqlite(resolve(spec.slice('sqlite:'.length)), topic, claim)
  }
  if (spec.startsWith('hot:')) {
    const { openSqlite } = await import('./sqlite/open.ts')
    const { expiry } = await import('./sqlite/expire.ts')
    return openSqlite(resolve(spec.slice('hot:'.length)), topic, claim, expiry())
  }
  if (spec.startsWith('delta:')) {
    const { openDelta } = await import('./delta/open.ts')
    return openDelta(resolve(spec.slice('delta:'.length)), topic, claim)
  }
  if (spec.startsWith('s3:')) {
    const { openS3 } = await import('./s3/open.ts')
    return openS3(spec, topic, claim)
  }
  if (spec.startsWith('dynamodb:')) {
    const { openDynamodb } = await import('./dynamodb/open.ts')
    return openDynamodb(spec, topic, claim)
  }
  if (spec.startsWith('mysql:')) {
    const { openMysql } = await import('./mysql/open.ts')
    return openMysql(spec, topic, claim)
  }
  if (spec.startsWith('redshift:')) {
    const { openRedshift } = await import('./redshift/open.ts')
    return openRedshift(spec, topic, claim)
  }
  const { openPostgres } = await import('./postgres/open.ts')
  return openPostgres(spec, topic, claim)
}

/** @throws SpikeError BAD_ARGUMENT where a spec names no store. */
export function checkStore(spec: string, option = '--store'): void {
  if (/^(sqlite|hot|delta):(?!\/\/)[^\0]+$/.test(spec)) return
  if (/^(postgres(ql)?|redshift|mysql|s3|dynamodb):\/\//.test(spec) && URL.canParse(spec)) return
  const scheme = /^[a-z][a-z0-9+-]*(?=:)/i.exec(spec)?.[0]
  throw new SpikeError(
    'BAD_ARGUMENT',
    `${option} takes ${storeKinds}, not ${scheme === undefined ? `'${spec}'` : `this address of ${scheme}`}; there is no other kind yet`,
  )
}
