/** Age: one number of seconds, and none where none can be read. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAge } from '../../src/http/age.ts'
import { LARGEST_SECONDS } from '../../src/http/cache-control.ts'

describe('RFC 9111 §5.1 Age', () => {
  test.each<[string, number]>([
    ['0', 0],
    ['60', 60],
    ['0060', 60],
    [' 60\t', 60],
    ['2147483647', 2 ** 31 - 1],
    ['9'.repeat(400), LARGEST_SECONDS],
  ])('%j is %i', (field, age) => {
    expect(parseAge(field)).toBe(age)
  })

  test.each([null, undefined])('an absent one is none', (field) => {
    expect(parseAge(field)).toBeNull()
  })

  test.each<[string, string]>([
    ['nothing', ''],
    ['a word', 'abc'],
    ['a negative', '-7200'],
    ['a fraction', '7200.0'],
    ['a power', '1e3'],
    ['a parameter', '7200;foo=bar'],
    ['a parameter with a number', '7200;foo=111'],
    ['two numbers', '0 0'],
    ['nothing in a list', ', ,'],
    ['a number that comes second', 'abc, 60'],
  ])('"is invalid … a cache SHOULD ignore the field": %s', (_, field) => {
    expect(parseAge(field)).toBeNull()
  })

  test.each<[string, number]>([
    ['7200,0', 7200],
    ['0,7200', 0],
    ['60, abc', 60],
    [', 60', 60],
  ])('"SHOULD use the first member of the field value": %s', (field, age) => {
    expect(parseAge(field)).toBe(age)
  })

  test('and so it does with several lines', () => {
    const headers = new Headers([
      ['age', '60'],
      ['age', '7200'],
    ])
    expect(parseAge(headers.get('age'))).toBe(60)
  })

  test('whatever stands there, an age is none or a whole number from zero to the largest', () => {
    fc.assert(
      fc.property(fc.string(), (field) => {
        const age = parseAge(field) ?? 0
        expect(Number.isInteger(age) && age >= 0 && age <= LARGEST_SECONDS).toBe(true)
      }),
    )
  })
})
