/** A job has so long to end after a signal. */
const graceMs = 4000
/** Signals closer together than this are one. */
const sameMs = 1000

/**
 * Ends this process as SIGTERM would once the one that started it is gone, however it went: its end of the channel that it holds
 * to this one is closed then. Nothing where there is no such channel.
 */
export function endWithParent(): void {
  if (process.channel === undefined) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}

/**
 * Aborted by SIGINT or SIGTERM. A job that has not ended 4 s later, because a broker or a disk hangs, is ended where it stands
 * (exit 1); a second signal ends it at once. Nothing is lost by that: its next life goes on after the last commit. What comes
 * within a second is the same Ctrl-C once more: the terminal gives it to all, and npm hands its own on.
 * @param name of the command, for the line that says so.
 */
export function stopOnSignal(name: string): AbortSignal {
  const stop = new AbortController()
  let since: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (since !== null) {
        if (performance.now() - since < sameMs) return
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
        return
      }
      since = performance.now()
      stop.abort()
      setTimeout(() => {
        console.error(
          `${name}: ended ${graceMs / 1000} s after ${signal} in the middle of its work; start it again to go on`,
        )
        process.exit(1)
      }, graceMs).unref()
    })
  return stop.signal
}
