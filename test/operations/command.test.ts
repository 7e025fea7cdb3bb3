import { expect, it } from 'vitest'
import { plainNumber, port, positiveNumber, wholeNumber, wholeNumbers } from '../../src/operations/command.ts'

const odd = ['', ' ', ' 5 ', '0x10', '1e3', '+1', '-1', '1_000', '1,5', '.5', '5.', '１２', 'Infinity', 'NaN', 'null']

it.each(odd)('%j is no number of any option', text => {
  expect(plainNumber(text)).toBeNaN()
  expect(() => wholeNumber('--n')(text)).toThrow(`--n takes a whole number of at least 0, not '${text}'`)
  expect(() => positiveNumber('--n')(text)).toThrow(`--n takes a number above 0, not '${text}'`)
  expect(() => port('--port')(text)).toThrow(`--port takes a whole number from 0 to 65535, not '${text}'`)
})

it('a number is what its digits say, within its bounds', () => {
  expect(plainNumber('0.25')).toBe(0.25)
  expect(wholeNumber('--n', 3)('10')).toBe(10)
  expect(() => wholeNumber('--n', 3)('2')).toThrow("--n takes a whole number of at least 3, not '2'")
  expect(() => wholeNumber('--n')('2.5')).toThrow('--n takes a whole number')
  expect(() => wholeNumber('--n')('9007199254740993')).toThrow('--n takes a whole number')
  expect(wholeNumbers('--n')('1,20')).toEqual([1, 20])
  expect(() => positiveNumber('--n')('0')).toThrow('--n takes a number above 0')
  expect(() => positiveNumber('--n')('9'.repeat(400))).toThrow('--n takes a number above 0')
})

it('a port is at most 65535, and 0 only where that stands for a free one', () => {
  expect([port('--port')('0'), port('--port')('65535')]).toEqual([0, 65535])
  expect(() => port('--port')('65536')).toThrow("--port takes a whole number from 0 to 65535, not '65536'")
  expect(() => port('--port', 1)('0')).toThrow("--port takes a whole number from 1 to 65535, not '0'")
})
