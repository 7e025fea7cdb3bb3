/**
 * Where an item belongs in an ordered list of `length`, -1 when it is there already.
 * @param compare below 0 where the item at that place comes before it, 0 where it is the same.
 */
export function placeIn(length: number, compare: (at: number) => number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compare(middle)
    if (order === 0) return -1
    if (order < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Puts an item at a place of a list; most come last. */
export function insert<Item>(list: Item[], place: number, item: Item): void {
  if (place === list.length) list.push(item)
  else list.splice(place, 0, item)
}
