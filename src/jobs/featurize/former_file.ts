import { metadataKeys } from '../../core/features/metadata.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'
import { readMetadata, withDuckDB } from '../../stores/duckdb.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { readSpans, type Span } from '../../stores/spans.ts'

/**
 * @returns how many rows it holds now.
 * @throws SpikeError BAD_FILE when `out` is a file of something else than features: it would be replaced by them.
 */
export async function refuseOtherFile(out: string): Promise<number> {
  const spans = await readSpans(out).catch((error: unknown) => {
    if (!(error instanceof SpikeError)) throw error
    const line = `${out}: is no file of features, and is not replaced by one; name another with --parquet`
    throw new SpikeError('BAD_FILE', line, { cause: error })
  })
  return [...spans.values()].reduce((sum, { rows }) => sum + rows, 0)
}

/**
 * A topic that was mistyped, made anew or cleaned must not take the rows of a file away.
 * @param spans of the rows that are to replace those of `out`.
 * @throws SpikeError BAD_FILE when the file has rows of a product before, behind or beside them.
 */
export async function refuseLess(out: string, topic: string, spans: ReadonlyMap<string, Span>): Promise<void> {
  for (const [product, former] of await readSpans(out)) {
    const now = spans.get(product)
    if (now && now.rows >= former.rows && now.first <= former.first && now.last >= former.last) continue
    const told = ({ rows, first, last }: Span): string => `${rows} rows from ${isoTime(first)} to ${isoTime(last)}`
    throw new SpikeError(
      'BAD_FILE',
      `${out}: holds ${told(former)} of ${product}, topic ${topic} ${now ? told(now) : 'none'}; ` +
        'the file stays as it is: name another with --parquet, or move it away',
    )
  }
}

/** What a former file of the same rows under the same settings says of their leak test; nothing of a file of any other. */
export async function leakTestOf(out: string, digest: string, configHash: string): Promise<Metadata> {
  if ((await readSpans(out)).size === 0) return {}
  const former = await withDuckDB(connection => readMetadata(connection, out))
  if (former[metadataKeys.digest] !== digest || former[metadataKeys.configHash] !== configHash) return {}
  const told = [metadataKeys.perturbation, metadataKeys.perturbationRows]
  return Object.fromEntries(told.flatMap(key => (former[key] === undefined ? [] : [[key, former[key]]])))
}
