import { SpikeError } from '../../errors.ts'
import type { Feed } from './feed.ts'

/** The variable of the environment that holds the key of a feed with a login: arguments and files are seen by others. */
export function loginVariable({ name }: Pick<Feed, 'name'>): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_API_KEY`
}

/** The exchange does not take the key: to try again would not help. @param said its own words. */
export function loginRefusal(feed: Feed, url: string, said: string): SpikeError {
  return new SpikeError(
    'BAD_ARGUMENT',
    feed.logIn || feed.headers
      ? `${url} does not take the login ('${said}'); set ${loginVariable(feed)} to a key that is right and not in use elsewhere`
      : `${url} lets nobody in ('${said}'), and ${feed.name} has no login; check the address`,
  )
}
