import type { Sorted } from '../evidently/clean.ts'

/** Ascending lists joined into one, two and two at a time. */
export function mergeSorted(lists: Sorted[]): Sorted {
  let left = lists.filter(list => list.length > 0)
  while (left.length > 1) {
    const joined: Sorted[] = []
    for (let i = 0; i < left.length; i += 2) joined.push(i + 1 < left.length ? mergeTwo(left[i], left[i + 1]) : left[i])
    left = joined
  }
  return left[0] ?? new Float64Array(0)
}

function mergeTwo(a: Sorted, b: Sorted): Sorted {
  const [n, m] = [a.length, b.length]
  const merged = new Float64Array(n + m)
  let [i, j, k] = [0, 0, 0]
  while (i < n && j < m) merged[k++] = a[i] <= b[j] ? a[i++] : b[j++]
  if (i < n) merged.set(a.subarray(i), k)
  else merged.set(b.subarray(j), k)
  return merged
}
