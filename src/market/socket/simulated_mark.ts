import type { IncomingHttpHeaders } from 'node:http'

/** Header of the handshake by which the simulated exchange says that it is one; its value is the address of its REST API. */
export const simulatedMark = 'x-spike60-simulated'

/** Thrown out of a handshake: the exchange there is simulated, and what is listened with takes it for another one. */
export class SimulatedExchange extends Error {
  /** Where it answers for past trades. */
  readonly rest: string

  constructor(rest: string) {
    super('the exchange is a simulated one')
    this.rest = rest
  }
}

/**
 * Nothing of a simulated exchange may pass for real, nor be filled in from a real one: it is taken by the feed `simulated` alone, and
 * asked for past trades on its own machine.
 * @param listened the feed's venue, and where trades of a gap are asked for.
 * @throws SimulatedExchange
 */
export function refuseSimulated(headers: IncomingHttpHeaders, listened: { venue: string; rest?: string }): void {
  const rest = headers[simulatedMark]
  if (typeof rest !== 'string') return
  if (listened.venue !== 'simulated' || (listened.rest !== undefined && !sameMachine(listened.rest, rest)))
    throw new SimulatedExchange(rest)
}

/** Whether trades of this simulated exchange may be asked for there. */
export function sameMachine(rest: string, own: string): boolean {
  return URL.parse(rest)?.hostname === URL.parse(own)?.hostname
}
