/**
 * Indices 0 … length-1 by key, ascending; keys in order of their first index. Stands in for Map.groupBy, which Node 20 lacks.
 * @example
 * groupIndices(3, i => ['a', 'b', 'a'][i]) // Map { 'a' => [0, 2], 'b' => [1] }
 */
export function groupIndices<Key extends string | number>(
  length: number,
  key: (index: number) => Key,
): Map<Key, number[]> {
  const groups = new Map<Key, number[]>()
  for (let i = 0; i < length; i++) {
    const name = key(i)
    const group = groups.get(name)
    if (group) group.push(i)
    else groups.set(name, [i])
  }
  return groups
}
