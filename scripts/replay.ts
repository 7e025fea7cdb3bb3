import { globSync } from 'node:fs'
import { command, runCommand } from '../cli.ts'
import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { totalCounts } from '../features/featurizer_partition.ts'
import { replay } from '../tables/replay.ts'

interface Arguments {
  raw: string[]
  out: string
  config?: string
  json?: boolean
}

async function main({ raw, out, config, json }: Arguments): Promise<void> {
  const result = await replay({
    raw: expandPaths(raw),
    out,
    config: readConfig(config),
    onProgress: events => process.stderr.isTTY && process.stderr.write(`\r${events} events `),
  })
  const { digest, rows, labelled, simulated, perturbation, products, decoded } = result
  const counts = totalCounts(Object.values(products))
  const dead = result.dead.length
  if (json) {
    console.log(
      JSON.stringify({ digest, rows, labelled, simulated, perturbation, dead, counts, products, decoded, out }),
    )
    return
  }
  for (const letter of result.dead.slice(0, 5)) console.error(`dead letter: ${letter.where}: ${letter.reason}`)
  console.log(
    [
      `${counts.quotes} quotes, ${counts.trades} trades, ${counts.gaps} gaps; ${counts.late} late, ${counts.duplicates} repeated, ${dead} dead letters`,
      `${rows} rows (${labelled} with the volatility of the next 60 s) in ${out}${simulated ? ' (simulated)' : ''}`,
      `leak test on ${perturbation.rows} rows: ${perturbation.verdict}${perturbation.detail && `: ${perturbation.detail}`}`,
      `digest ${digest}`,
    ].join('\n'),
  )
}

/** Files that the arguments name; a pattern the shell left alone is expanded here. */
function expandPaths(raw: string[]): string[] {
  const faults: string[] = []
  const paths = raw.flatMap(path => {
    if (!/[*?[]/.test(path)) return [path]
    const found = globSync(path).sort()
    if (found.length === 0) faults.push(`--raw '${path}' matches no file`)
    return found
  })
  if (faults.length > 0) throw new SpikeError('BAD_ARGUMENT', faults)
  return paths
}

const program = command(
  'replay',
  'Makes features from saved raw data: the same rows, bit for bit, as the live featurizer.',
  "npm run replay -- --raw 'data/raw/*.ndjson' --out data/processed/features.parquet",
)
  .requiredOption('--raw <file...>', 'bronze files or captures, plain, gzip or zstd; a quoted pattern is expanded')
  .option('--out <file>', 'Parquet file to write', 'data/processed/features.parquet')
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')
await runCommand<Arguments>(program, main)
