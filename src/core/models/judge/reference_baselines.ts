/** The baselines that lifts are told over. */
export const rivals = ['persistence', 'persistence_300s', 'ewma_120s'] as const

export type Rival = (typeof rivals)[number]

/** What `of` says of each rival but the model itself. */
export function overRivals<Value>(name: string, of: (rival: Rival) => Value): Record<string, Value> {
  return Object.fromEntries(rivals.filter(rival => rival !== name).map(rival => [rival, of(rival)]))
}
