import { expect, test } from 'vitest'
import { addLeftOut, describeLeftOut, type LeftOut, leaveOut } from '../../../src/market/decode/left_out.ts'

test('the ten most frequent reasons are named, the others counted, and what is never an event stands apart', () => {
  const all: LeftOut = {}
  for (let i = 1; i <= 10; i++) leaveOut(all, `reason${i}`, `f:${i}`, i)
  leaveOut(all, 'reason1', 'f:99', 20)
  leaveOut(all, 'heartbeat', 'f:1', 4)
  const told = describeLeftOut(all)
  expect([told[0], told[1], told.length, told.at(-1)]).toEqual([
    '21 reason1, first at f:1',
    '10 reason10, first at f:10',
    11,
    'no market data: 4 heartbeat',
  ])
  leaveOut(all, 'rare', 'f:5', 1)
  leaveOut(all, 'rarer', 'f:6', 1)
  expect(describeLeftOut(all).slice(10)).toEqual(['2 for 2 other reasons', 'no market data: 4 heartbeat'])
  expect(describeLeftOut({})).toEqual([])
})

test('a reason is told by its first sixty characters, so that longer ones of one beginning are one', () => {
  const all: LeftOut = {}
  for (const length of [59, 60, 61, 900]) leaveOut(all, 'x'.repeat(length), `f:${length}`)
  expect(all).toEqual({
    ['x'.repeat(59)]: { count: 1, first: 'f:59' },
    ['x'.repeat(60)]: { count: 3, first: 'f:60' },
  })
})

test('a thousand reasons and `others` are kept, whichever came first, and nothing is lost where two are added', () => {
  for (const names of [['others', '__proto__'], []]) {
    const [one, two]: LeftOut[] = [{}, {}]
    for (const name of names) leaveOut(one, name, 'f:1')
    for (let i = 0; i < 1010; i++) leaveOut(i % 2 ? one : two, `n${i}`, `f:${i}`, 2)
    addLeftOut(one, two)
    const found = Object.entries(one)
    expect(found.map(([name]) => name).filter(name => name !== 'others')).toHaveLength(1000)
    expect(one.others.count).toBe(20 + names.length)
    expect(found.reduce((sum, [, { count }]) => sum + count, 0)).toBe(2020 + names.length)
  }
})
