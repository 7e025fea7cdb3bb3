import { setTimeout as sleep } from 'node:timers/promises'
import { guard } from './database.ts'

const patienceMs = 10_000
const busy = 5

/**
 * Runs `work`, again while another process holds the lock that it wants. Between two attempts the thread is free: a socket is
 * read on it. `work` begins anew each time, so it changes nothing but the database.
 * @throws SpikeError BROKER_UNAVAILABLE when the lock is held for longer than 10 s; else what `guard` makes of what `work` throws.
 */
export async function whenFree<Result>(path: string, work: () => Result): Promise<Result> {
  for (const until = performance.now() + patienceMs; ; await sleep(1 + Math.random() * 10)) {
    try {
      return guard(path, work)
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error
    }
  }
}

function isBusy(error: unknown): boolean {
  const { errcode = 0 } = ((error as Error).cause ?? {}) as { errcode?: number }
  return (errcode & 0xff) === busy
}
