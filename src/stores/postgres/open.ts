import pg from 'pg'
import type { TopicFacts } from '../../streams/port.ts'
import { nextEpoch } from '../claim_topic.ts'
import type { Claim, Store } from '../port.ts'
import { faultOf } from './faults.ts'
import { type Dialect, orRollBack, positionsOf, postgresDialect, type Writing, writeBatch } from './write.ts'

/**
 * What hangs ends: a connection, a statement, and a transaction of a writer that was stopped in the middle, whose lock would keep
 * the newer one waiting.
 */
const limits = {
  ...{ connectionTimeoutMillis: 10_000, query_timeout: 60_000, statement_timeout: 50_000 },
  ...{ idle_in_transaction_session_timeout: 30_000, keepAlive: true, application_name: 'spike60 store' },
}

/** The store in a Postgres database; see `openStore`. Password and all else that an address lacks come from PG* variables. */
export function openPostgres(address: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  const client = new pg.Client({ connectionString: address, ...limits })
  return openWith(client, 'postgres', postgresDialect(), topic, claim)
}

/** The store behind a client that is not connected yet. @param scheme of its address. */
export async function openWith(
  client: pg.Client,
  scheme: string,
  dialect: Dialect,
  topic: TopicFacts,
  claim: Claim,
): Promise<Store> {
  const place = `${scheme}://${client.host}:${client.port}/${client.database ?? ''}`
  // A connection that ends between two calls: the next call says so.
  client.on('error', () => {})
  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw faultOf(error, place)
    }
  }
  const close = async (): Promise<void> => void (await client.end().catch(() => {}))
  try {
    return await guard(async () => {
      await client.connect()
      await client.query('BEGIN')
      const epoch = await orRollBack(client, async () => {
        await dialect.prepare(client, place)
        const next = nextEpoch(await dialect.lockWriter(client, topic.name), topic, claim)
        await dialect.noteWriter(client, topic.name, { topic_id: topic.id, holder: claim.holder, epoch: next })
        await client.query('COMMIT')
        return next
      })
      const writing: Writing = { topic: topic.name, epoch }
      return {
        ...(dialect.gather && { gather: dialect.gather }),
        position: () => guard(() => positionsOf(client, topic.name)),
        write: (batch, upTo) => guard(() => writeBatch(client, dialect, writing, batch, upTo)),
        close,
      }
    })
  } catch (error) {
    await close()
    throw error
  }
}
