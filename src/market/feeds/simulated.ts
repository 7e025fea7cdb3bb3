import { coinbase } from './coinbase.ts'
import { coinbaseRest } from './coinbase_rest.ts'
import type { Feed } from './feed.ts'

/** The simulated exchange: Coinbase Advanced Trade's protocol under a name of its own, so that nothing of it passes for real. */
export const simulated: Feed = {
  ...coinbase,
  name: 'simulated',
  venue: 'simulated',
  url: '',
  recognises: () => false,
  rest: { ...coinbaseRest, url: '' },
}
