import { expect, test, vi } from 'vitest'
import { feedNames } from '../../../src/commands/start/feed_names.ts'
import { driftPart, partsOf, scorerPart } from '../../../src/commands/start/parts.ts'
import { readConfig } from '../../../src/config.ts'
import { listOptions } from '../../../src/operations/command.ts'

const places = { out: 'desk', topics: 'embedded://desk/log.db', host: '127.0.0.1', port: 8000, exchangePort: 9000 }
const partsOn = (feed: string | null) =>
  partsOf({
    ...{ config: readConfig(), configFile: 'own.yaml', ...places, feed },
    ...{ speed: 1, skipSeconds: 0, rushSeconds: 0 },
  })

test('several feeds are taken by one ingestor; every other part is as with the pretend exchange, which does not run', () => {
  const [several, simulated] = [partsOn(feedNames('coinbase, binance')), partsOn(null)]
  const { args } = several.find(({ name }) => name === 'ingest')!
  expect(args.slice(args.indexOf('--feed'))).toEqual(['--feed', 'coinbase,binance'])
  expect(args).not.toContain('--url')
  expect(args).not.toContain('--pair')
  const others = (parts: typeof several) => parts.filter(({ name }) => !['exchange', 'ingest'].includes(name))
  expect(others(several)).toEqual(others(simulated))
  expect([several, simulated].map(parts => parts.filter(({ name }) => name === 'exchange').length)).toEqual([0, 1])
})

test.each(['coinbase', 'coinbase,polygon,finnhub', 'simulated'])('--feed takes %s', feed => {
  expect(feedNames(feed)).toBe(feed)
})

test.each(['', 'nobody', 'coinbase,nobody', 'coinbase,', 'simulated,coinbase'])('--feed refuses %j in a line', feed => {
  expect(() => feedNames(feed)).toThrow(
    `--feed takes simulated, or coinbase, binance, polygon, finnhub, comma separated, not '${feed}'`,
  )
})

const parts = [
  ...partsOn(null),
  scorerPart({ topics: 'embedded', configFile: 'own.yaml' }, 'model'),
  driftPart({ ...places, config: readConfig() }, 'models'),
]
test.each([...parts, ...partsOn('coinbase,binance').filter(({ name }) => name === 'ingest')])(
  '$name: its command $args.0 has every option that it is given',
  async ({ args: [command, ...args] }) => {
    const commands = (await import(`../../../src/commands/${command}.ts`)) as Record<
      string,
      (argv: string[]) => unknown
    >
    const said = vi.spyOn(console, 'log').mockImplementation(() => {})
    await commands[`${command}Command`](['node', command, listOptions])
    const known = String(said.mock.calls[0]).split('\n')
    said.mockRestore()
    const given = args.filter(word => word.startsWith('--'))
    expect(given.length).toBeGreaterThan(0)
    expect(given.filter(option => !known.includes(option))).toEqual([])
  },
)
