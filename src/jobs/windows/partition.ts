import type { Candle } from '../../core/events/event.ts'
import { eventFault } from '../../core/events/event_json.ts'
import {
  type CandleRow,
  candleOfExchange,
  candleOfWindow,
  candleSeconds,
} from '../../core/indicators/windows/candle_row.ts'
import type { GiveWindow, ProductWindowsState } from '../../core/indicators/windows/product_windows.ts'
import type { SymbolTable } from '../../core/indicators/windows/symbol_table.ts'
import { badTickReasons, type Tick, type TimeOnly, tickOf } from '../../core/indicators/windows/tick.ts'
import { encodeWindow } from '../../core/indicators/windows/window_row.ts'
import type { RevisionSettings, WindowSettings } from '../../core/indicators/windows/window_settings.ts'
import { Windows } from '../../core/indicators/windows/windows.ts'
import { minimum } from '../../core/math/extremes.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'
import { OwnCandles, type OwnCandlesState } from './own_candles.ts'

/** Topics that a windows job reads and writes. */
export interface WindowsTopics {
  raw: string
  windows: string
  /** None are made where null. */
  candles: string | null
}

export interface WindowsSettings extends RevisionSettings {
  sets: readonly WindowSettings[]
  /** As `lag_s`, of candles. */
  candle_lag_s: number
}

/** What came of the records of this life. */
export interface WindowsTally {
  /** Records that are no trade, by reason. */
  dead: Record<string, number>
  /** Trades and prices whose product had no metadata at their time. */
  unknown: number
}

interface Memory {
  /** By set, in the order of the settings, that of the candles last. */
  sets: Record<string, ProductWindowsState>[]
  candles: OwnCandlesState
}

/**
 * Makes windows and candles of the trades and tickers of one partition of market events, joined with what their products are,
 * and dead letters of what is no trade. After a restart it takes in again what its open windows hold.
 */
export class WindowsPartition implements PartitionWork {
  readonly due: Outgoing[] = []
  /** In the order of the settings. */
  readonly sets: readonly Windows[]
  readonly tally: WindowsTally
  private readonly topics: WindowsTopics
  private readonly symbols: SymbolTable
  private readonly mostProducts: number
  /** The sets, and that of the candles. */
  private readonly all: readonly Windows[]
  private readonly own: OwnCandles

  /** @param mostProducts events of more of them become dead letters. @param give is told each revision of a window too. */
  constructor(
    { sets, lag_s, candle_lag_s, revise_s }: WindowsSettings,
    topics: WindowsTopics,
    symbols: SymbolTable,
    give: GiveWindow = () => {},
    mostProducts = 1000,
  ) {
    this.topics = topics
    this.symbols = symbols
    this.mostProducts = mostProducts
    this.tally = { dead: Object.fromEntries(badTickReasons.map(reason => [reason, 0])), unknown: 0 }
    const write: GiveWindow = (row, last) => {
      const { product } = row
      this.due.push({ topic: topics.windows, key: product, value: encodeWindow(row, symbols.at(product, last)) })
      give(row, last)
    }
    this.sets = sets.map(set => new Windows({ ...set, lag_s, revise_s }, write))
    const lateness_s = -minimum(sets.map(set => -set.lateness_s))
    const minutes = { length_s: candleSeconds, slide_s: candleSeconds, lateness_s }
    const folded = new Windows({ ...minutes, lag_s: candle_lag_s, revise_s }, row => {
      if (row.source === 'trades') this.writeCandle(candleOfWindow(row))
    })
    this.all = topics.candles === null ? this.sets : [...this.sets, folded]
    this.own = new OwnCandles(1e6 * lateness_s)
  }

  take(record: Incoming, again: boolean): void {
    const reason = this.takeEvent(parse(record.value.toString()), record.offset, again)
    if (reason !== null && !again) this.due.push(deadLetterOf(record, reason))
  }

  /**
   * Takes a market event, or what should be one; undefined for what is not JSON.
   * @returns why it is no trade, and null where nothing is wrong.
   */
  takeEvent(event: unknown, offset: number, again: boolean): string | null {
    const tick = event === undefined ? 'not_json' : tickOf(event)
    if (tick === null) return null
    const reason = typeof tick === 'string' ? tick : this.refusal(tick.product, event)
    if (reason === null) {
      this.takeTick(tick as Tick | TimeOnly, offset, again)
      if (isCandle(event) && !again) this.takeCandle(event)
    } else if (!again) this.tally.dead[reason] = (this.tally.dead[reason] ?? 0) + 1
    return reason
  }

  private refusal(product: string, event: unknown): string | null {
    if (!this.isRoomFor(product)) return 'too_many_products'
    return isCandle(event) && eventFault(event) !== null ? 'bad_candle' : null
  }

  /** Gives every open window as it is now: the input has ended. */
  giveOpen(): void {
    for (const windows of this.sets) windows.giveOpen()
  }

  state(): WorkState {
    const memory: Memory = { sets: this.all.map(windows => windows.state()), candles: this.own.state() }
    let first = Number.POSITIVE_INFINITY
    for (const { byProduct } of this.all)
      for (const windows of byProduct.values()) first = Math.min(first, windows.firstOffset())
    return { memory, from: Number.isFinite(first) ? { [this.topics.raw]: first } : {} }
  }

  restore(memory: object | null): void {
    const { sets, candles } = memory as Memory
    for (const [i, windows] of this.all.entries()) windows.restore(sets[i])
    this.own.restore(candles)
  }

  private isRoomFor(product: string): boolean {
    const { byProduct } = this.sets[0]
    return byProduct.size < this.mostProducts || byProduct.has(product)
  }

  private takeTick(tick: Tick | TimeOnly, offset: number, again: boolean): void {
    if (!again && tick.source !== 'clock' && !this.symbols.knows(tick.product, tick.time)) this.tally.unknown++
    for (const windows of this.all) windows.push(tick, offset, again)
  }

  private takeCandle(candle: Candle): void {
    const row = candleOfExchange(candle)
    if (row !== null && this.own.isNew(row)) this.writeCandle(row)
  }

  private writeCandle(row: CandleRow): void {
    const { candles: topic } = this.topics
    if (topic !== null) this.due.push({ topic, key: row.product, value: JSON.stringify(row) })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCandle(event: unknown): event is Candle {
  return (Object(event) as Partial<Candle>).type === 'candle'
}
