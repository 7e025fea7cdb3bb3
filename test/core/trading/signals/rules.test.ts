import { describe, expect, test } from 'vitest'
import type { RuleInput } from '../../../../src/core/trading/signals/rule.ts'
import { type ExitName, exitNames, rules } from '../../../../src/core/trading/signals/rules.ts'

type Step = [ma20: number | null, ma50: number | null, rsi: number | null]

function signals(exit: ExitName, ...steps: Step[]): string[] {
  const rule = rules[exit].make()
  return steps.map(([ma20, ma50, rsi]) => rule.decide({ ma20, ma50, rsi } satisfies RuleInput).signal)
}

describe.each(exitNames)('rule %s', exit => {
  test('2.13: BUY where MA20 rises through MA50 and RSI is inside 50 to 70, its ends outside', () => {
    const at = (rsi: number | null) => signals(exit, [1, 2, 60], [3, 2, rsi])[1]
    expect([50, 50.01, 60, 69.99, 70].map(at)).toEqual(['HOLD', 'BUY', 'BUY', 'BUY', 'HOLD'])
  })

  test('2.15: what is null compares with nothing', () => {
    expect(signals(exit, [1, 2, 60], [3, 2, null])[1]).toBe('HOLD')
    expect(signals(exit, [1, 2, 60], [null, 2, 60], [3, 2, 60])).toEqual(['HOLD', 'HOLD', 'HOLD'])
  })

  test('goes on from its state with the same signals', () => {
    const first = rules[exit].make()
    first.decide({ ma20: 1, ma50: 2, rsi: 60 })
    const next = rules[exit].make()
    next.restore(JSON.parse(JSON.stringify(first.state())))
    expect(next.decide({ ma20: 3, ma50: 2, rsi: 60 }).signal).toBe('BUY')
  })
})

describe("the original's rule", () => {
  test('2.14: sells only where MA20 falls through MA50 while RSI > 70; exit_any sells on either', () => {
    expect(signals('seed', [3, 2, 80], [1, 2, 80])[1]).toBe('SELL')
    expect(signals('seed', [3, 2, 80], [1, 2, 70])[1]).toBe('HOLD')
    expect(signals('exit_any', [3, 2, 60], [1, 2, 40])[1]).toBe('SELL')
    expect(signals('exit_any', [3, 2, 60], [3, 2, 71])[1]).toBe('SELL')
    expect(signals('exit_any', [3, 2, 60], [3, 2, 70])[1]).toBe('HOLD')
  })

  test('2.12: sees no crossing from equal averages; exit_any keeps the side that was known last', () => {
    const steps: Step[] = [
      [1, 2, 60],
      [2, 2, 60],
      [3, 2, 60],
    ]
    expect(signals('seed', ...steps)).toEqual(['HOLD', 'HOLD', 'HOLD'])
    expect(signals('exit_any', ...steps)).toEqual(['HOLD', 'HOLD', 'BUY'])
    expect(signals('exit_any', [2, 2, 60], [3, 2, 60])[1]).toBe('HOLD')
  })
})
