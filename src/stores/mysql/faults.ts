import { SpikeError } from '../../errors.ts'

/** What passes: connections that end, locks in the way, a server that is full or shuts down. */
const passing =
  /^(E[A-Z]*(CONN|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|UNREACH)[A-Z]*|PROTOCOL_[A-Z_]+|ER_(LOCK_[A-Z_]+|CON_COUNT_ERROR|SERVER_SHUTDOWN|NORMAL_SHUTDOWN|DISK_FULL|RECORD_FILE_FULL|CONNECTION_KILLED|QUERY_INTERRUPTED))$/

const advice: Record<string, string> = {
  ER_ACCESS_DENIED_ERROR: 'user and password do not match; set MYSQL_PWD, or write another user into the address',
  ER_DBACCESS_DENIED_ERROR: 'this user may not use that database; GRANT it, or take a user who may',
  ER_TABLEACCESS_DENIED_ERROR: 'this user lacks the rights to make and fill tables there; GRANT them',
  ER_BAD_DB_ERROR: 'there is no such database; make it with CREATE DATABASE',
  ER_BAD_FIELD_ERROR: 'a table of that name is somebody else’s; give the store a database of its own',
  ER_DISK_FULL: 'make room on the server’s disk, it goes on where it stood',
  ER_RECORD_FILE_FULL: 'make room on the server’s disk, it goes on where it stood',
}

/** What `mysql2` throws, in our words. @param place host and database, without a login. */
export function faultOf(error: unknown, place: string): unknown {
  if (error instanceof SpikeError || !(error instanceof Error)) return error
  const code = String(Reflect.get(error, 'code') ?? '')
  const isAway = passing.test(code) || /closed state|Connection lost/.test(error.message)
  const told = advice[code] === undefined ? '' : `; ${advice[code]}`
  return new SpikeError(isAway ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED', `${place}: ${error.message || code}${told}`, {
    cause: error,
  })
}
