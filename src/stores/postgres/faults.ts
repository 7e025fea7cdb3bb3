import { SpikeError } from '../../errors.ts'

/** Classes of SQLSTATE that pass: connection, rolled back, out of resources, in the way, stopped by an operator, system error. */
const passing = /^(08|25P03|40|53|55|57|58)/

/** As disk_full of the server. */
const diskFull = '53100'

const advice: Record<string, string> = {
  '28P01': 'user and password do not match; set PGPASSWORD, or write another user into the address',
  '28000': 'this user may not log in; see pg_hba.conf of the server',
  '3D000': 'there is no such database; make it with createdb',
  '42501': 'this user lacks the rights to make and fill tables there; GRANT them, or take a user who has them',
  '42P07': 'a table of that name is somebody else’s; give the user a schema of its own (search_path)',
}

/** What `pg` throws, in our words. @param place host and database, without a login. */
export function faultOf(error: unknown, place: string): unknown {
  if (error instanceof SpikeError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  const message = error.message || (error instanceof AggregateError ? code : error.name)
  if (/^E[A-Z_]+$/.test(code) || passing.test(code) || isConflict(message) || (code === '' && isAway(message)))
    return new SpikeError(
      'STORE_UNAVAILABLE',
      `${place}: ${message}${code === diskFull ? '; make room on the server’s disk, it goes on where it stood' : ''}`,
      { cause: error },
    )
  const told = advice[code] ?? (/password/i.test(message) ? advice['28P01'] : undefined)
  return new SpikeError('STORE_REFUSED', `${place}: ${message}${told === undefined ? '' : `; ${told}`}`, {
    cause: error,
  })
}

/** What Redshift says, under the code of an internal error, where two transactions met: the later one is to be tried again. */
function isConflict(message: string): boolean {
  return /serializable isolation violation|conflict with concurrent transaction/i.test(message)
}

/** What `pg` says itself where a socket ends or nothing is answered in time. */
function isAway(message: string): boolean {
  return /^(Connection terminated|timeout expired|Query read timeout|Client has encountered a connection error)/.test(
    message,
  )
}
