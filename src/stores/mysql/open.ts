import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { SpikeError } from '../../errors.ts'
import type { TopicFacts } from '../../streams/port.ts'
import { nextEpoch } from '../claim_topic.ts'
import type { Claim, Store } from '../port.ts'
import { faultOf } from './faults.ts'
import { prepareTables } from './schema.ts'
import { inTransaction, positionsOf, writeBatch, writerOf } from './write.ts'

/** Two processes that begin at once make the tables, and claim a topic, one after the other. */
const lockSeconds = 30

/** The store in a MySQL or MariaDB database; see `openStore`. A password that the address lacks comes from MYSQL_PWD. */
export async function openMysql(address: string, topic: TopicFacts, claim: Claim): Promise<Store> {
  const { connection, place, close } = await connectMysql(address)
  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw faultOf(error, place)
    }
  }
  try {
    const epoch = await guard(() => claimTopic(connection, place, topic, claim))
    return {
      position: () => guard(() => positionsOf(connection, topic.name)),
      write: (batch, upTo) => guard(() => writeBatch(connection, { topic: topic.name, epoch }, batch, upTo)),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A connection, and what messages call the place. @throws SpikeError STORE_UNAVAILABLE, STORE_REFUSED. */
export async function connectMysql(
  address: string,
): Promise<{ connection: Connection; place: string; close: () => Promise<void> }> {
  const { hostname, port, username, password, pathname } = new URL(address)
  const database = decodeURIComponent(pathname.slice(1))
  const place = `mysql://${hostname}:${port || 3306}/${database}`
  const login = {
    user: decodeURIComponent(username),
    password: decodeURIComponent(password) || process.env.MYSQL_PWD || '',
  }
  try {
    const connection = await mysql.createConnection({
      ...{ host: hostname, port: Number(port || 3306), database, ...login },
      ...{ timezone: 'Z', supportBigNumbers: true, connectTimeout: 10_000, flags: ['-FOUND_ROWS'] },
    })
    // A connection that ends between two calls: the next call says so.
    connection.on('error', () => {})
    return { connection, place, close: async () => void (await connection.end().catch(() => connection.destroy())) }
  } catch (error) {
    throw faultOf(error, place)
  }
}

async function claimTopic(connection: Connection, place: string, topic: TopicFacts, claim: Claim): Promise<number> {
  await connection.query(`SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED`)
  await connection.query(`SET SESSION innodb_lock_wait_timeout = ${lockSeconds}`)
  const [[{ got }]] = await connection.query<RowDataPacket[]>(
    `SELECT GET_LOCK(CONCAT('spike60.', DATABASE()), ${lockSeconds}) AS got`,
  )
  if (got !== 1) throw new SpikeError('STORE_UNAVAILABLE', `${place}: another process makes its tables`)
  try {
    await prepareTables(connection, place)
    return await inTransaction(connection, async () => {
      const epoch = nextEpoch(await writerOf(connection, topic.name), topic, claim)
      await connection.query(
        'INSERT INTO store_writers VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE holder = VALUES(holder), epoch = VALUES(epoch)',
        [topic.name, topic.id, claim.holder, epoch],
      )
      return epoch
    })
  } finally {
    await connection.query(`DO RELEASE_LOCK(CONCAT('spike60.', DATABASE()))`).catch(() => {})
  }
}
