import { endOfMarket } from '../market/socket/socket.ts'
import type { Session } from './exchange_session.ts'
import type { ExchangeSocket } from './exchange_socket.ts'

/** Tells the client that the market is over, once it has taken everything. */
export async function sayEnd(session: Session): Promise<void> {
  if (await session.delivered()) await session.close(1000, endOfMarket)
}

/** Tells whoever still comes, until the socket is closed. */
async function turnAway(socket: ExchangeSocket): Promise<void> {
  for (let session = await socket.accept(); session; session = await socket.accept())
    await session.close(1000, endOfMarket)
}

export interface ServedMarket {
  url: string
  /** Resolves when the market is over and the clients have taken all of it, or after `close`. */
  done: Promise<void>
  close(): Promise<void>
}

/** A market that `run` serves on the socket: who comes when it is through is told so until it is closed. */
export function serveOn(socket: ExchangeSocket, run: () => Promise<void>): ServedMarket {
  const done = run()
  const after = done.then(() => turnAway(socket))
  after.catch(() => socket.close())
  return {
    url: socket.url,
    done,
    async close() {
      await socket.close()
      await after.catch(() => {})
    },
  }
}
