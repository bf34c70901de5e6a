/** HTTP dates: the three formats, and nothing that merely looks like one. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseDate } from '../../src/http/date.ts'

const at = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts)

describe('RFC 9110 §5.6.7 Date/Time Formats', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: at(2030, 5, 1, 0, 0, 0) })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test.each([
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ['asctime', 'Sun Nov  6 08:49:37 1994'],
    ['IMF-fixdate with space around it', ' Sun, 06 Nov 1994 08:49:37 GMT\t'],
  ])('%s', (_, text) => {
    expect(parseDate(text)).toBe(at(1994, 10, 6, 8, 49, 37))
  })

  test('asctime with a day of two digits', () => {
    expect(parseDate('Wed Nov 16 08:49:37 1994')).toBe(at(1994, 10, 16, 8, 49, 37))
  })

  test.each([
    ['80', 2080],
    ['81', 1981],
    ['30', 2030],
    ['00', 2000],
  ])('the year %s is %i: not more than 50 years ahead', (digits, year) => {
    expect(parseDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`)).toBe(at(year, 10, 6, 8, 49, 37))
  })

  test('a leap second is the next minute', () => {
    expect(parseDate('Sat, 31 Dec 2016 23:59:60 GMT')).toBe(at(2017, 0, 1, 0, 0, 0))
  })

  test.each([
    ['the zero that stands for the past', '0'],
    ['minus one', '-1'],
    ['nothing', ''],
    ['ISO 8601', '1994-11-06T08:49:37Z'],
    ['another zone', 'Sun, 06 Nov 1994 08:49:37 EST'],
    ['another name of the zone', 'Sun, 06 Nov 1994 08:49:37 UTC'],
    ['no comma', 'Sun 06 Nov 1994 08:49:37 GMT'],
    ['two spaces', 'Sun, 06  Nov  1994 08:49:37 GMT'],
    ['dashes in the wrong format', 'Sun, 06-Nov-1994 08:49:37 GMT'],
    ['points in the time', 'Sun, 06 Nov 1994 08.49.37 GMT'],
    ['one digit for the hour', 'Sun, 06 Nov 1994 8:49:37 GMT'],
    ['an offset', 'Sun, 06 Nov 1994 08:49:37 +0100'],
    ['no zone', 'Sun, 06 Nov 1994 08:49:37'],
    ['one digit for the day', 'Sun, 6 Nov 1994 08:49:37 GMT'],
    ['no such month', 'Sun, 06 Foo 1994 08:49:37 GMT'],
    ['no such day', 'Thu, 31 Feb 1994 08:49:37 GMT'],
    ['day zero', 'Thu, 00 Feb 1994 08:49:37 GMT'],
    ['no such day, in a leap second', 'Thu, 31 Feb 1994 23:59:60 GMT'],
    ['hour 24', 'Sun, 06 Nov 1994 24:00:00 GMT'],
    ['minute 60', 'Sun, 06 Nov 1994 08:60:00 GMT'],
    ['second 61', 'Sun, 06 Nov 1994 08:00:61 GMT'],
    ['two dates', 'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT'],
    ['a year of two digits in the wrong format', 'Sun, 06 Nov 94 08:49:37 GMT'],
    ['seconds of the epoch', '784111777'],
  ])('%s is none', (_, text) => {
    expect(parseDate(text)).toBeNull()
  })

  test.each([null, undefined])('%s is none', (text) => {
    expect(parseDate(text)).toBeNull()
  })
})

describe('RFC 9111 §4.2 Freshness', () => {
  test.each([
    'SUN, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 NOV 1994 08:49:37 gMT',
    'sunday, 06-nov-94 08:49:37 gmt',
  ])('"a cache recipient SHOULD match the field value case-insensitively": %s', (text) => {
    expect(parseDate(text)).toBe(at(1994, 10, 6, 8, 49, 37))
  })
})

describe('whatever a handler writes', () => {
  test('every date that a platform formats is read', () => {
    const dates = fc.date({
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseDate(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000)
      }),
    )
  })

  test('nothing makes the parser throw', () => {
    const parts = fc.constantFrom(
      'Sun',
      'Sunday',
      ', ',
      ' ',
      '-',
      ':',
      '06',
      '6',
      '60',
      '99',
      'Nov',
      '1994',
      'GMT',
      '\0',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((some) => some.join('')),
        ),
        (text) => {
          const date = parseDate(text)
          expect(date === null || Number.isFinite(date)).toBe(true)
        },
      ),
    )
  })
})
