import type { Gap, MarketEvent } from '../../core/events/event.ts'

interface Hole {
  from: number
  to: number
  /** Frames of it that did not come after all. */
  missing: number
}

interface Connection {
  holes: Hole[]
  /** The last numbers that came, each at its remainder. */
  came: Float64Array
  highest: number
}

const ringSize = 1 << 16
const holeLimit = 10_000
const connectionLimit = 64

/**
 * The frames of each connection that never came: of a hole each counts once, however many products tell of it, and one that comes
 * out of order, before or after the gap is read, is none. Remembers the last connections, holes and numbers.
 */
export class LostFrames {
  private readonly connections = new Map<string, Connection>()
  /** Frames known to be missing. */
  missing = 0

  take(event: MarketEvent): void {
    const connection = this.connectionOf(event)
    if (event.type !== 'gap') this.come(connection, event.sequence)
    else if (event.withdrawn) this.fill(connection, event)
    else if (event.reason === 'sequence' && event.missing !== null) this.lose(connection, event, event.missing)
  }

  private come(connection: Connection, sequence: number): void {
    const { holes, came, highest } = connection
    const slot = sequence % ringSize
    if (came[slot] === sequence) return
    came[slot] = sequence
    connection.highest = Math.max(highest, sequence)
    if (sequence > highest) return
    const hole = holes.findLast(({ from, to }) => from <= sequence && sequence <= to)
    if (hole === undefined || hole.missing === 0) return
    hole.missing--
    this.missing--
  }

  private fill({ holes }: Connection, { sequence }: Gap): void {
    const hole = holes.find(({ from }) => from === sequence)
    if (hole === undefined) return
    this.missing -= hole.missing
    hole.missing = 0
  }

  private lose(connection: Connection, { sequence }: Gap, missing: number): void {
    const { holes, came } = connection
    if (holes.some(({ from }) => from === sequence)) return
    const hole = { from: sequence, to: sequence + missing - 1, missing }
    for (let number = Math.max(hole.from, hole.to - ringSize + 1); number <= hole.to; number++)
      if (came[number % ringSize] === number) hole.missing--
    holes.push(hole)
    connection.highest = Math.max(connection.highest, hole.to)
    this.missing += hole.missing
    if (holes.length > holeLimit) holes.shift()
  }

  private connectionOf({ feed, connection: name }: MarketEvent): Connection {
    const key = `${feed} ${name}`
    const connection = this.connections.get(key) ?? {
      holes: [],
      came: new Float64Array(ringSize).fill(-1),
      highest: -1,
    }
    this.connections.delete(key)
    this.connections.set(key, connection)
    if (this.connections.size > connectionLimit) this.connections.delete(this.connections.keys().next().value!)
    return connection
  }
}
