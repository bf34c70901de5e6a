/** Range requests: which bytes are meant, and when a client may have a part of what is stored. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ByteRange,
  formatContentRange,
  ifRangeHolds,
  isSameRepresentation,
  parseContentRange,
  parseRange,
  resolve,
} from '../../src/http/range.ts'

const MOST = Number.MAX_SAFE_INTEGER

describe('RFC 9110 §14.1.1 Range Specifiers', () => {
  test.each<[string, ByteRange]>([
    ['bytes=0-4', { first: 0, last: 4 }],
    ['bytes=4-4', { first: 4, last: 4 }],
    ['bytes=5-', { first: 5, last: null }],
    ['bytes=-5', { suffix: 5 }],
    ['bytes=-0', { suffix: 0 }],
    ['bytes=007-008', { first: 7, last: 8 }],
    [' bytes=0-4\t', { first: 0, last: 4 }],
    ['bytes=, 0-4 ,', { first: 0, last: 4 }],
    [`bytes=0-${'9'.repeat(400)}`, { first: 0, last: MOST }],
    [`bytes=${'9'.repeat(400)}-`, { first: MOST, last: null }],
    [`bytes=-${'9'.repeat(400)}`, { suffix: MOST }],
  ])('%s', (field, range) => {
    expect(parseRange(field)).toEqual(range)
  })

  test.each([
    ['the last byte before the first', 'bytes=5-4'],
    ['no byte', 'bytes=-'],
    ['no range', 'bytes='],
    ['no unit', '0-4'],
    ['another unit', 'pages=0-4'],
    ['a unit that begins so', 'bytesize=0-4'],
    ['space before the equals sign', 'bytes =0-4'],
    ['space within', 'bytes=0 -4'],
    ['a sign', 'bytes=+1-4'],
    ['a fraction', 'bytes=0.5-4'],
    ['hexadecimal', 'bytes=0x1-4'],
    ['digits of another script', 'bytes=٠-٤'],
    ['nothing', ''],
    ['an absent field', undefined],
    ['an absent field, as Headers has it', null],
  ])('%s is no range', (_, field) => {
    expect(parseRange(field)).toBeNull()
  })
})

describe('RFC 9110 §14.1 Range Units', () => {
  test('are compared in any case', () => {
    expect(parseRange('BYTES=1-2')).toEqual({ first: 1, last: 2 })
  })
})

describe('RFC 9110 §14.2 Range', () => {
  test.each(['bytes=0-1,4-5', 'bytes=0-,-1', 'bytes=0-1, 0-1, 0-1'])(
    'several ranges are ignored, so that nobody can ask for one byte a thousand times: %s',
    (field) => {
      expect(parseRange(field)).toBeNull()
    },
  )
})

describe('RFC 9110 §14.1.2 Byte Ranges', () => {
  const of = (field: string, length: number) => resolve(parseRange(field)!, length)

  test.each<[string, number, [number, number]]>([
    ['bytes=0-4', 10, [0, 4]],
    ['bytes=9-9', 10, [9, 9]],
    ['bytes=5-', 10, [5, 9]],
    ['bytes=5-99', 10, [5, 9]],
    ['bytes=-4', 10, [6, 9]],
    ['bytes=-10', 10, [0, 9]],
    ['bytes=-11', 10, [0, 9]],
    ['bytes=0-0', 1, [0, 0]],
  ])('%s of %i bytes', (field, length, [first, last]) => {
    expect(of(field, length)).toEqual({ first, last })
  })

  test.each([
    ['bytes=10-', 10],
    ['bytes=10-12', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=-1', 0],
    [`bytes=${'9'.repeat(30)}-`, 10],
  ])('%s of %i bytes selects none', (field, length) => {
    expect(of(field, length)).toBe('unsatisfiable')
  })
})

describe('RFC 9110 §14.4 Content-Range', () => {
  test.each<[string, [number, number, number | null]]>([
    ['bytes 4-9/10', [4, 9, 10]],
    ['bytes 4-9/*', [4, 9, null]],
    ['Bytes 0-0/1', [0, 0, 1]],
    [' bytes 0-4/10 ', [0, 4, 10]],
  ])('%s', (field, [first, last, total]) => {
    expect(parseContentRange(field)).toEqual({ first, last, total })
  })

  test.each([
    ['that of a 416', 'bytes */10'],
    ['the last byte before the first', 'bytes 9-4/10'],
    ['a whole that ends before its part', 'bytes 4-10/10'],
    ['no positions', 'bytes 10'],
    ['no length', 'bytes 4-9'],
    ['another unit', 'pages 4-9/10'],
    ['the syntax of Range', 'bytes=4-9/10'],
    ['two lines', 'bytes 0-1/10, bytes 4-5/10'],
    ['nothing', ''],
    ['an absent field', null],
  ])('%s is none', (_, field) => {
    expect(parseContentRange(field)).toBeNull()
  })

  test('is written as it is read', () => {
    expect(formatContentRange({ first: 4, last: 9 }, 10)).toBe('bytes 4-9/10')
    expect(formatContentRange({ first: 4, last: 9 }, null)).toBe('bytes 4-9/*')
  })

  test('tells with a 416 how long the whole is (§15.5.17)', () => {
    expect(formatContentRange('unsatisfiable', 10)).toBe('bytes */10')
  })
})

const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT'
const SAME_MOMENT = 'Sun Nov  6 08:49:37 1994'
const LATER = Date.UTC(1994, 10, 6, 8, 49, 38)
const stored = { etag: '"a"', lastModified: MODIFIED, date: LATER }

describe('RFC 9110 §13.1.5 If-Range', () => {
  test.each<[string, string | null | undefined, boolean]>([
    ['absent', undefined, true],
    ['absent, as Headers has it', null, true],
    ['the tag', '"a"', true],
    ['the tag, with space around it', ' "a" ', true],
    ['another tag', '"b"', false],
    ['the tag, weak', 'W/"a"', false],
    ['a list with the tag', '"a", "b"', false],
    ['any tag', '*', false],
    ['the date', MODIFIED, true],
    ['the date in another format: no exact match', SAME_MOMENT, false],
    ['a later date: nothing is newer, but no exact match', 'Sun, 06 Nov 1994 08:49:38 GMT', false],
    ['what is neither', 'a', false],
    ['nothing', '', false],
  ])('%s', (_, ifRange, holds) => {
    expect(ifRangeHolds(ifRange, stored)).toBe(holds)
  })

  test('a weak tag holds for nothing, not even for itself', () => {
    expect(ifRangeHolds('W/"a"', { ...stored, etag: 'W/"a"' })).toBe(false)
    expect(ifRangeHolds('"a"', { ...stored, etag: 'W/"a"' })).toBe(false)
  })

  test('a response without validators is never the same', () => {
    const none = { etag: null, lastModified: undefined, date: LATER }
    expect(ifRangeHolds('"a"', none)).toBe(false)
    expect(ifRangeHolds(MODIFIED, none)).toBe(false)
    expect(ifRangeHolds('', { ...none, etag: '', lastModified: '' })).toBe(false)
  })

  test('a date that is none holds for nothing, not even for itself', () => {
    expect(ifRangeHolds('yesterday', { ...stored, lastModified: 'yesterday' })).toBe(false)
  })
})

describe('RFC 9110 §8.8.2.2 Comparison', () => {
  test.each<[string, number | null, boolean]>([
    ['a second later', LATER, true],
    ['in the same second: it could have changed twice', LATER - 1000, false],
    ['earlier', LATER - 5000, false],
    ['nobody knows when', null, false],
  ])('a Last-Modified is strong where the response was made %s: %#', (_, date, holds) => {
    expect(ifRangeHolds(MODIFIED, { ...stored, date })).toBe(holds)
  })
})

describe('RFC 9110 §15.3.7.3 Combining Parts', () => {
  const dated = { etag: null, lastModified: MODIFIED, date: LATER }

  test.each([
    ['one strong tag', stored, { ...stored, lastModified: null }, true],
    ['two tags', stored, { ...stored, etag: '"b"' }, false],
    ['one weak tag', { ...stored, etag: 'W/"a"' }, { ...stored, etag: 'W/"a"' }, false],
    ['a tag on one side only', stored, { ...stored, etag: null }, false],
    ['a tag on the other side only', { ...stored, etag: null }, stored, false],
    ['one date', dated, dated, true],
    ['two dates', dated, { ...dated, lastModified: SAME_MOMENT }, false],
    ['one date, weak on one side', { ...dated, date: LATER - 1000 }, dated, false],
    ['one date, weak on the other side', dated, { ...dated, date: LATER - 1000 }, false],
    ['nothing to compare', { ...dated, lastModified: null }, { ...dated, lastModified: null }, false],
  ])('%s: %#', (_, one, other, same) => {
    expect(isSameRepresentation(one, other)).toBe(same)
  })
})

describe('whatever a client asks for', () => {
  test('what was written comes back', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.option(fc.nat()), (first, length, beyond) => {
        const last = first + length
        const total = beyond === null ? null : last + 1 + beyond
        const range = { first, last, total }
        expect(parseContentRange(formatContentRange(range, total))).toEqual(range)
        expect(parseRange(`bytes=${first}-${last}`)).toEqual({ first, last })
      }),
    )
  })

  test('the bytes that it selects are bytes that there are', () => {
    const range = fc.oneof(
      fc.record({ suffix: fc.nat(30) }),
      fc
        .tuple(fc.nat(30), fc.option(fc.nat(30)))
        .map(([first, more]) => ({ first, last: more === null ? null : first + more })),
    )
    fc.assert(
      fc.property(range, fc.nat(25), (asked, length) => {
        const all = Array.from({ length }, (_, position) => position)
        const wanted =
          'suffix' in asked
            ? all.slice(length - Math.min(length, asked.suffix))
            : all.filter((position) => position >= asked.first && position <= (asked.last ?? length))
        const selected = resolve(asked, length)
        expect(selected).toEqual(
          wanted.length === 0 ? 'unsatisfiable' : { first: wanted[0], last: wanted.at(-1) },
        )
      }),
    )
  })
})
