import type { Config } from '../../config.ts'
import {
  addFacts,
  decodeSymbol,
  encodeSymbol,
  type SymbolFacts,
  type SymbolRecord,
  SymbolTable,
} from '../../core/indicators/windows/symbol_table.ts'
import { SpikeError } from '../../errors.ts'
import { createTopics } from '../../streams/create_topics.ts'
import type { Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'

/** The config's records by product. @throws SpikeError BAD_CONFIG for those that overlap, all at once. */
export function configuredSymbols({ symbols }: Pick<Config, 'symbols'>): SymbolRecord[] {
  return mergeSymbols([], symbols).records
}

/**
 * Puts what the config says of its products onto the topic of metadata, and reads all that stands there. A record that stands
 * is never changed: the same windows are joined with the same facts whenever a job starts.
 * @throws SpikeError BAD_CONFIG for records that overlap those that stand; LOG_CORRUPT for a record that is none.
 */
export async function publishSymbols(streams: Streams, config: Config): Promise<SymbolTable> {
  const topic = config.topics.symbols
  await createTopics(streams, [topic])
  const standing = await readSymbols(streams, topic.name)
  const { records, changed } = mergeSymbols(standing, config.symbols)
  if (changed.length > 0) {
    const writer = await streams.writer(`symbols-${topic.name}`)
    try {
      await writer.commit({
        records: changed.map(record => ({ topic: topic.name, key: record.product, value: encodeSymbol(record) })),
      })
    } finally {
      await writer.close()
    }
  }
  return new SymbolTable(records)
}

async function readSymbols(streams: Streams, topic: string): Promise<SymbolRecord[]> {
  const newest = new Map<string, SymbolRecord>()
  for await (const records of readAll(streams, topic))
    for (const { key, offset, value } of records) {
      const record = decodeSymbol(value.toString())
      if (record === null)
        throw new SpikeError(
          'LOG_CORRUPT',
          `topic ${topic}: record ${offset} is no metadata of a product; name another topic`,
        )
      newest.set(key, record)
    }
  return [...newest.values()]
}

function mergeSymbols(
  standing: SymbolRecord[],
  added: Config['symbols'],
): { records: SymbolRecord[]; changed: SymbolRecord[] } {
  const records = new Map(standing.map(record => [record.product, record]))
  const changed: SymbolRecord[] = []
  const faults: string[] = []
  for (const product of new Set(added.map(one => one.product))) {
    const facts = added.filter(one => one.product === product).map(factsOf)
    const known = records.get(product)?.facts ?? []
    const all = addFacts(known, facts)
    if (typeof all === 'string') faults.push(`symbols: ${product}: ${all}`)
    else if (all.length > known.length) changed.push({ format: 'spike60-symbol', product, facts: all })
  }
  if (faults.length > 0) throw new SpikeError('BAD_CONFIG', faults)
  for (const record of changed) records.set(record.product, record)
  return { records: [...records.values()], changed }
}

function factsOf({ base, quote, category, valid_from }: Config['symbols'][number]): SymbolFacts {
  return { valid_from: 1000 * Date.parse(valid_from), base_asset: base, quote_asset: quote, category }
}
