/** Plain JSON: the share of alarms among the last predictions, by product. */
export type AlarmShareState = Record<string, number>

/** Predictions of a product that are looked back on, each older one weighing a little less: an hour of one a second. */
const memory = 3600
const mostShare = 0.25

/**
 * Whether a model's own threshold is one that alerts can be given at. It is picked where F1 is best, and of a model that knows
 * little that is where it says yes to nearly everything: an alarm that stands for more than a quarter of an hour's seconds tells nobody
 * when to look.
 */
export class AlarmShare {
  private readonly shares = new Map<string, number>()

  /** Notes a prediction. @returns whether alarms of its product are few enough to be told. */
  note(product: string, alarm: boolean): boolean {
    const before = this.shares.get(product) ?? 0
    const share = before + ((alarm ? 1 : 0) - before) / memory
    this.shares.set(product, share)
    return share <= mostShare
  }

  state(): AlarmShareState {
    return Object.fromEntries(this.shares)
  }

  restore(state: AlarmShareState): void {
    for (const [product, share] of Object.entries(state)) this.shares.set(product, share)
  }
}
