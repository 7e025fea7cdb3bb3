import { endOfMarket } from '../market/socket/socket.ts'
import type { Session } from './exchange_session.ts'
import type { ExchangeSocket } from './exchange_socket.ts'

/** Tells the client that the market is over, once it has taken everything. */
export async function sayEnd(session: Session): Promise<void> {
  if (await session.delivered()) await session.close(1000, endOfMarket)
}

/** Tells whoever still comes, until the socket is closed. */
export async function turnAway(socket: ExchangeSocket): Promise<void> {
  for (let session = await socket.accept(); session; session = await socket.accept())
    await session.close(1000, endOfMarket)
}
