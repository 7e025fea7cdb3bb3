import type { Micros } from '../../core/events/event.ts'
import { parseTimestamp } from '../feeds/timestamp.ts'
import { parseUnixTime } from '../feeds/unix_time.ts'

/** The clock port: when was this message received? An empty text asks for the time of something that is no message. */
export type Stamp = (message: string) => Micros

/** The machine's clock; when that is set back it stands still until the old time is reached again. */
export function wallStamp(): Stamp {
  let last = 0
  return () => {
    last = Math.max(last, Date.now() * 1000)
    return last
  }
}

/**
 * A clock that only messages move: the highest exchange time so far, so that a market served faster than real time is
 * stamped the same each time.
 * @param isBogus says of a message that its time cannot be; it does not move the clock.
 * @param start what the clock says before the first message.
 */
export function marketStamp(isBogus: (message: string) => boolean = () => false, start: Micros = 0): Stamp {
  let now = start
  return message => {
    const time = messageTime(message)
    if (time !== null && time > now && !isBogus(message)) now = time
    return now
  }
}

/**
 * The clock of a simulated exchange whose frames may have no time: what its handshakes say (`date`) and what its messages say
 * moves it. It may be a day that is long over.
 */
export function simulatedStamp(): { stamp: Stamp; note(date: string | undefined): void } {
  let begun: Micros = 0
  const moved = marketStamp()
  return {
    stamp: message => Math.max(begun, moved(message)),
    note(date) {
      const time = 1000 * Date.parse(date ?? '')
      if (time > begun) begun = time
    },
  }
}

/** The exchange's time of a message, from its text alone: RFC 3339, or `E` or `timestamp` since the epoch; null when it has none that can be read. */
export function messageTime(message: string): Micros | null {
  const match = /"time(?:stamp)?"\s*:\s*"([^"]*)"|"(?:E|timestamp)"\s*:\s*(\d{13,16})\b/.exec(message)
  if (match === null) return null
  return match[1] === undefined ? parseUnixTime(Number(match[2])) : parseTimestamp(match[1])
}
