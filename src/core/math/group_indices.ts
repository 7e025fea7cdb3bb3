/**
 * Indices 0 … length-1 by key, ascending; keys in order of their first index.
 * @example
 * groupIndices(3, i => ['a', 'b', 'a'][i]) // Map { 'a' => [0, 2], 'b' => [1] }
 */
export function groupIndices(length: number, key: (index: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (let i = 0; i < length; i++) {
    const name = key(i)
    const group = groups.get(name)
    if (group) group.push(i)
    else groups.set(name, [i])
  }
  return groups
}
