import { expect, test } from 'vitest'
import { exitAnyRule } from '../../../../src/core/trading/signals/exit_any.ts'
import type { Decision, RuleInput } from '../../../../src/core/trading/signals/rule.ts'
import { standingAside } from '../../../../src/core/trading/signals/stand_aside.ts'

const below = { ma20: 1, ma50: 2, rsi: 60 }
const above = { ma20: 3, ma50: 2, rsi: 60 }

function second(first: RuleInput, then: RuleInput): Decision {
  const rule = standingAside(exitAnyRule).make()
  rule.decide(first)
  return rule.decide(then)
}

test('buys nothing from the highest tenth of what the model has said on, sells as ever', () => {
  expect(second(below, { ...above, spike: 0.9 })).toEqual({
    signal: 'HOLD',
    reason: 'a spike is likely: no purchase',
  })
  expect(second(above, { ...below, spike: 1 }).signal).toBe('SELL')
  for (const spike of [0.8999, 0, null, undefined]) expect(second(below, { ...above, spike }).signal).toBe('BUY')
  expect(second(above, { ...above, spike: 1 })).toEqual({ signal: 'HOLD', reason: 'none of the rule' })
})

test('keeps the state of the rule, and says in its name what it does', () => {
  const rule = standingAside(exitAnyRule)
  const [one, other] = [rule.make(), rule.make()]
  one.decide(below)
  other.restore(one.state())
  expect(other.decide(above).signal).toBe('BUY')
  expect(rule.name).toBe('exit_any standing aside')
})
