const waiting = new Map<string, Set<() => void>>()

/** Tells everyone of this process who waits for `path` that something was committed. */
export function wakeUp(path: string): void {
  const listeners = waiting.get(path)
  if (listeners === undefined) return
  waiting.delete(path)
  for (const listener of listeners) listener()
}

/** Resolves to true at the next `wakeUp(path)` of this process, to false after `milliseconds`. */
export function waitForWakeUp(path: string, milliseconds: number): Promise<boolean> {
  return new Promise(resolve => {
    const listeners = waiting.get(path) ?? new Set()
    waiting.set(path, listeners)
    const woken = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    const timer = setTimeout(() => {
      listeners.delete(woken)
      resolve(false)
    }, milliseconds)
    listeners.add(woken)
  })
}
