import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { configHash, parseConfig, readConfig } from '../src/config.ts'
import { SpikeError } from '../src/errors.ts'

const text = readFileSync(new URL('../config.yaml', import.meta.url), 'utf8')

it('reads the project file', () => {
  expect(readConfig().feed.products).toContain('BTC-USD')
})

it('names every fault at once, with its path and what is allowed', () => {
  const broken = text
    .replace('out_of_orderness_s: 2 ', 'out_of_orderness_s: -2 ')
    .replace('[ticker, market_trades, heartbeats]', '[tickers]')
    .replace('percentile: 90', 'percentil: 90')
  try {
    parseConfig(broken, 'my.yaml')
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(SpikeError)
    const { faults, exit } = error as SpikeError
    expect(exit).toBe(2)
    expect(faults.join('\n')).toMatch(/my\.yaml: time\.out_of_orderness_s: /)
    expect(faults.join('\n')).toMatch(/my\.yaml: feed\.channels\.0: .*"ticker"/)
    expect(faults.join('\n')).toMatch(/my\.yaml: label: .*percentil/)
    expect(faults.length).toBeGreaterThanOrEqual(4)
  }
})

it('refuses what is not YAML and what is not there', () => {
  expect(() => parseConfig('a: [', 'my.yaml')).toThrow(/my\.yaml: is not YAML/)
  expect(() => readConfig('absent.yaml')).toThrow(/absent\.yaml: cannot be read/)
})

it('hashes what decides rows and labels, and nothing else', () => {
  const config = readConfig()
  const other = structuredClone(config)
  other.models.seed = 1
  expect(configHash(other)).toBe(configHash(config))
  other.time.carry_s = 11
  expect(configHash(other)).not.toBe(configHash(config))
})
