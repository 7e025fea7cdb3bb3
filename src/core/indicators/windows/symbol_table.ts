import type { Micros } from '../../events/event.ts'
import { decodeRecord } from '../../events/json_record.ts'

/** What a product is, from a time on until its next record. */
export interface SymbolFacts {
  /** Microseconds. */
  valid_from: Micros
  base_asset: string
  quote_asset: string
  category: string
}

/** All that is known of a product, as it stands on `symbols.meta`, key product: the newest record tells everything. */
export interface SymbolRecord {
  format: 'spike60-symbol'
  product: string
  /** By rising `valid_from`. */
  facts: SymbolFacts[]
}

/** What joins a window: the facts of its product, `unknown` where there are none. */
export type JoinedFacts = Omit<SymbolFacts, 'valid_from'>

const unknown: JoinedFacts = { base_asset: 'unknown', quote_asset: 'unknown', category: 'unknown' }

/** Facts by product and time: what was valid at a time is a function of the records, whoever asks and whenever. */
export class SymbolTable {
  private readonly byProduct: ReadonlyMap<string, readonly SymbolFacts[]>

  constructor(records: readonly SymbolRecord[]) {
    this.byProduct = new Map(records.map(({ product, facts }) => [product, facts]))
  }

  /** Whether anything is known of a product at a time. */
  knows(product: string, time: Micros): boolean {
    return this.find(product, time) !== undefined
  }

  at(product: string, time: Micros): JoinedFacts {
    const found = this.find(product, time)
    if (found === undefined) return unknown
    const { base_asset, quote_asset, category } = found
    return { base_asset, quote_asset, category }
  }

  private find(product: string, time: Micros): SymbolFacts | undefined {
    const facts = this.byProduct.get(product)
    if (facts === undefined) return undefined
    let at = facts.length - 1
    while (at >= 0 && facts[at].valid_from > time) at--
    return facts[at]
  }
}

/**
 * The facts of a product with new ones added: each from a time on that no other record has, and none before what stands already,
 * since that would change what was joined before.
 * @returns why they cannot be added, where they cannot.
 */
export function addFacts(known: readonly SymbolFacts[], added: readonly SymbolFacts[]): SymbolFacts[] | string {
  const all = [...known]
  for (const facts of added.toSorted((a, b) => a.valid_from - b.valid_from)) {
    const same = all.find(({ valid_from }) => valid_from === facts.valid_from)
    if (same !== undefined && describe(same) === describe(facts)) continue
    if (same !== undefined)
      return `${describe(facts)} overlaps ${describe(same)}, both from ${facts.valid_from / 1e6} s on; give the change a later valid_from`
    const last = all.at(-1)
    if (last !== undefined && facts.valid_from < last.valid_from)
      return `${describe(facts)} would be valid before ${describe(last)}, which stands already; give it a later valid_from`
    all.push(facts)
  }
  return all
}

function describe({ base_asset, quote_asset, category }: SymbolFacts): string {
  return `${base_asset}/${quote_asset} (${category})`
}

export function encodeSymbol(record: SymbolRecord): string {
  return JSON.stringify(record)
}

/** @returns null when the text is no record of a product's facts, each from a later time on than the one before. */
export function decodeSymbol(text: string): SymbolRecord | null {
  return decodeRecord<SymbolRecord>(
    text,
    ({ format, product, facts }) =>
      format === 'spike60-symbol' &&
      typeof product === 'string' &&
      Array.isArray(facts) &&
      facts.every(areFacts) &&
      facts.every(({ valid_from }, i) => i === 0 || valid_from > facts[i - 1].valid_from),
  )
}

function areFacts(found: SymbolFacts): boolean {
  const { valid_from, base_asset, quote_asset, category } = Object(found) as SymbolFacts
  return Number.isSafeInteger(valid_from) && [base_asset, quote_asset, category].every(text => typeof text === 'string')
}
