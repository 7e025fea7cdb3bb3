import type { Streams, Writer } from './port.ts'

/**
 * The same streams for one job that may begin anew: a writer that it opens again succeeds its own earlier one, so an older
 * job that comes back from an error never fences a newer one.
 */
export function keepClaims(streams: Streams): Streams {
  const writers = new Map<string, Writer>()
  return {
    ...streams,
    async writer(id, claim) {
      const writer = await streams.writer(id, claim ?? writers.get(id)?.claim())
      writers.set(id, writer)
      return writer
    },
  }
}
