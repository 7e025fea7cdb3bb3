import { expect, test } from 'vitest'
import { askFor, mayAsk } from '../../../src/commands/start/challenger.ts'

test('a challenger is asked for at most once in so many hours', () => {
  const hour = 3_600_000
  expect(mayAsk(null, 0, 24)).toBe(true)
  expect([23.9, 24, 30].map(hours => mayAsk(1000, 1000 + hours * hour, 24))).toEqual([false, true, true])
})

test('it is fitted on what the desk has recorded, and judged by what the desk has settled', async () => {
  const args = askFor({ out: 'desk', topics: 'embedded://desk/streams.db', configFile: 'own.yaml' })
  expect(args).toEqual([
    ...['retrain', '--raw', 'desk/raw/*.ndjson', '--out', 'desk'],
    ...['--topics', 'embedded://desk/streams.db', '--config', 'own.yaml'],
  ])
})
