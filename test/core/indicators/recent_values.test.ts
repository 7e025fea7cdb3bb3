import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecentValues } from '../../../src/core/indicators/recent_values.ts'

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

test('the latest values: as many as there is room for, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ max: 99 }), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (list, most) => {
      const recent = new RecentValues(most)
      list.forEach((value, i) => {
        recent.push(value)
        const held = list.slice(0, i + 1).slice(-most)
        expect([recent.toArray(), recent.length, recent.isFull]).toEqual([held, held.length, held.length === most])
        expect([recent.sum(), recent.mean()]).toEqual([sum(held), sum(held) / held.length])
      })
      const again = new RecentValues(most)
      again.push(7)
      again.restore(recent.toArray())
      expect([again.toArray(), again.sum()]).toEqual([recent.toArray(), recent.sum()])
      again.clear()
      expect([again.toArray(), again.isFull]).toEqual([[], false])
    }),
  )
})
