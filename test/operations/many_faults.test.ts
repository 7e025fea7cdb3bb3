import { afterEach, expect, test, vi } from 'vitest'
import { SpikeError } from '../../src/errors.ts'
import { command, runCommand } from '../../src/operations/command.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

test('a million faults are told by the first twenty, and a fault of megabytes by its beginning', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation(line => void lines.push(line))
  const faults = Array.from({ length: 1_000_000 }, (_, i) => `fault ${i}`)
  faults[1] = 'x'.repeat(5_000_000)
  await runCommand(command('test', '', ''), () => Promise.reject(new SpikeError('BAD_MODEL', faults)), ['node', 'test'])
  expect(lines).toHaveLength(21)
  expect([lines[0], lines[19], lines[20]]).toEqual(['test: fault 0', 'test: fault 19', 'test: and 999980 more faults'])
  expect(lines[1]).toHaveLength(2000)
  expect(process.exitCode).toBe(2)
})

test('twenty faults are all told, and nothing more', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation(line => void lines.push(line))
  const faults = Array.from({ length: 20 }, (_, i) => `fault ${i}`)
  await runCommand(command('test', '', ''), () => Promise.reject(new SpikeError('BAD_MODEL', faults)), ['node', 'test'])
  expect(lines).toEqual(faults.map(fault => `test: ${fault}`))
})
