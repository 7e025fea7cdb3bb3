/** Indices 0 … rows-1 by key, keys in order of their first index. */
export function placesBy(rows: number, key: (i: number) => string): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (let i = 0; i < rows; i++) {
    const name = key(i)
    const there = places.get(name)
    if (there) there.push(i)
    else places.set(name, [i])
  }
  return places
}
