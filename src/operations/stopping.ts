/** A job has so long to end after a signal. */
const graceMs = 4000

/**
 * Aborted by SIGINT or SIGTERM. A job that has not ended 4 s later, because a broker or a disk hangs, is ended where it stands
 * (exit 1); a second signal of the kind ends it at once. Nothing is lost by that: its next life goes on after the last commit.
 * @param name of the command, for the line that says so.
 */
export function stopOnSignal(name: string): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
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
