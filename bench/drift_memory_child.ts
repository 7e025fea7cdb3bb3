import { join } from 'node:path'
import { writeDriftReport } from '../src/monitor/write_drift_report.ts'
import { quoted, withDuckDB } from '../src/stores/duckdb.ts'
import { makeSides } from './drift_sides.ts'

/** argv: a folder, and `write`, `files` or `profile <file>`. Prints the largest resident set in MiB. */
const [folder, what, profile] = process.argv.slice(2)
const [reference, current] = ['reference', 'current'].map(name => join(folder, `${name}.parquet`))

if (what === 'write') await writeSides()
else {
  const source = what === 'files' ? { reference, current } : { profiles: [profile], current }
  await writeDriftReport({ source, out: folder, name: what })
}
console.log(Math.round(process.resourceUsage().maxRSS / 1024))

async function writeSides(): Promise<void> {
  const sides = makeSides()
  await withDuckDB(async connection => {
    for (const [side, path] of [
      [sides.reference, reference],
      [sides.current, current],
    ] as const) {
      const names = Object.keys(side.columns)
      await connection.run(
        `CREATE OR REPLACE TABLE t (product VARCHAR, time TIMESTAMP, ${names.map(name => `${name} DOUBLE`).join(', ')})`,
      )
      const appender = await connection.createAppender('t')
      for (let row = 0; row < side.rows; row++) {
        appender.appendVarchar(side.product[row])
        appender.appendTimestamp({ micros: BigInt(side.time[row]) } as never)
        for (const name of names) {
          const value = side.columns[name].values[row]
          if (Number.isNaN(value)) appender.appendNull()
          else appender.appendDouble(value)
        }
        appender.endRow()
      }
      appender.closeSync()
      await connection.run(`COPY t TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`)
    }
  })
}
