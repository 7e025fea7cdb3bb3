import { expect, test } from 'vitest'
import { Packed } from '../../../../src/core/features/bar/packed.ts'

test.each([8, 16, 32])('numbers come back at the edge of %i bits, and each is found', bits => {
  for (const span of [2 ** bits - 2, 2 ** bits - 1, 2 ** bits, 2 ** bits + 1])
    for (const least of [-5, 0, 7, 2 ** 50]) {
      const values = [least, least + 1, least + 1, least + span - 1, least + span]
      const packed = new Packed(values)
      expect(values.map((_, place) => packed.at(place))).toEqual(values)
      expect(values.map(value => packed.firstFrom(value))).toEqual(values.map(value => values.indexOf(value)))
      expect([packed.firstFrom(least - 1), packed.firstFrom(least + span + 1)]).toEqual([0, values.length])
      const back = values.toReversed()
      const reversed = new Packed(back)
      expect(back.map((_, place) => reversed.at(place))).toEqual(back)
    }
})
