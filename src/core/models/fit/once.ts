const made = new WeakMap<object, Map<string, unknown>>()

/** What `make` gives, made once for an owner and key and kept as long as the owner: recipes share parts of their fits. */
export function once<Value>(owner: object, key: string, make: () => Value): Value {
  let parts = made.get(owner)
  if (parts === undefined) {
    parts = new Map()
    made.set(owner, parts)
  }
  if (!parts.has(key)) parts.set(key, make())
  return parts.get(key) as Value
}
