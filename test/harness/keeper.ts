import { startVictim, type Victim } from './victim.ts'

/** What a job says that ends because a newer one took over, and one that finds no broker at its start. */
const fenced = /^\w+: .*a newer writer took (its id|the id)/m
const unreachable = /^\w+: kafka .*no answer that helps/m

/**
 * Keeps one job alive as a supervisor does: what was killed, or found no broker at its start, is started again. Any other
 * end is a fault.
 */
export class Keeper {
  readonly all: Victim[] = []
  private readonly args: () => string[]
  private current: Victim | null = null
  private killed: Victim | null = null

  /** @param args as after `node`, asked for at each start. */
  constructor(args: () => string[]) {
    this.args = args
  }

  /** The one that has the job now. */
  get victim(): Victim {
    return this.current ?? this.start()
  }

  start(): Victim {
    this.current = startVictim(this.args())
    this.all.push(this.current)
    return this.current
  }

  /** @throws when it ended by itself though nobody took over and the broker was there. */
  revive(): void {
    const { victim } = this
    const end = victim.ended()
    if (end === null) return
    const neverBegan = victim.readyAfter() === null && end.code === 1 && unreachable.test(victim.log())
    if (victim !== this.killed && !neverBegan)
      throw new Error(`it ended by itself, ${JSON.stringify(end)}:\n${victim.log()}`)
    this.start()
  }

  async kill9(): Promise<void> {
    this.killed = this.victim
    await this.victim.kill9()
  }

  /** Starts another one beside it. @returns the older, which is expected to end `wasFenced`. */
  succeed(): Victim {
    const older = this.victim
    this.start()
    return older
  }
}

/** Whether a job ended with exit code 1 and the line that a newer one took over. */
export function wasFenced(victim: Victim): boolean {
  return victim.ended()?.code === 1 && fenced.test(victim.log())
}
