import { gunzipSync } from 'node:zlib'
import pg from 'pg'

/** Of what Redshift alone speaks: where rows lie, and loading from a bucket. */
const distribution = / DISTSTYLE KEY DISTKEY \("product"\) COMPOUND SORTKEY \("window_start", "product"\)$/
const copy = /^COPY (\w+) \((.*)\) FROM '(s3:[^']*)' IAM_ROLE '[^']*' REGION '[^']*' FORMAT AS JSON 'auto' GZIP /

/**
 * Lets Postgres stand in for Redshift in this process: the clauses of distribution are left out, and COPY takes the rows of an
 * object. All else goes to the server as it is. @param objects by their address.
 */
export function letPostgresStandIn(objects = new Map<string, Buffer>()): void {
  const original: (...args: unknown[]) => unknown = Reflect.get(pg.Client.prototype, 'query')
  Reflect.set(pg.Client.prototype, 'query', function (this: unknown, sql: unknown, ...args: unknown[]) {
    if (typeof sql !== 'string') return Reflect.apply(original, this, [sql, ...args])
    const [, table, columns, address] = copy.exec(sql) ?? []
    if (table === undefined) return Reflect.apply(original, this, [sql.replace(distribution, ''), ...args])
    const lines = gunzipSync(objects.get(address)!).toString().trimEnd().split('\n')
    const insert = `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(null::${table}, $1)`
    return Reflect.apply(original, this, [insert, [`[${lines.join(',')}]`]])
  })
}
