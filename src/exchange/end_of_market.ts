import type { Session } from './exchange_session.ts'
import type { ExchangeSocket } from './exchange_socket.ts'

/** Reason of the normal close (code 1000) by which a simulated exchange or a served capture says that nothing follows. */
export const endOfMarket = 'end of market'

/** Tells the client so, once it has taken everything. */
export async function sayEnd(session: Session): Promise<void> {
  if (await session.delivered()) await session.close(1000, endOfMarket)
}

/** Tells whoever still comes, until the socket is closed. */
export async function turnAway(socket: ExchangeSocket): Promise<void> {
  for (let session = await socket.accept(); session; session = await socket.accept())
    await session.close(1000, endOfMarket)
}
