/** The grammar of Cache-Control: what is read from a field, however it is written, and what is no delta-seconds. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  LARGEST_SECONDS,
  lifetimeOf,
  parseCacheControl,
  parseSeconds,
  secondsOf,
} from '../../src/http/cache-control.ts'

const parse = (field: string | null | undefined) => Object.fromEntries(parseCacheControl(field))

describe('RFC 9111 §5.2 Cache-Control', () => {
  test.each<[string, string, Record<string, string | null>]>([
    ['one directive', 'no-store', { 'no-store': null }],
    ['an argument', 'max-age=60', { 'max-age': '60' }],
    ['whatever a token may have', "!#$%&'*+-.^_`|~09az=1", { "!#$%&'*+-.^_`|~09az": '1' }],
    [
      'several, with and without space',
      'public,max-age=60 , no-cache',
      { public: null, 'max-age': '60', 'no-cache': null },
    ],
    ['names in any case', 'Max-Age=60, NO-STORE', { 'max-age': '60', 'no-store': null }],
    ['a quoted argument', 'max-age="60"', { 'max-age': '60' }],
    [
      'a comma within quotes',
      'private="set-cookie, x-id", max-age=1',
      { private: 'set-cookie, x-id', 'max-age': '1' },
    ],
    ['a quoted pair', 'x="a\\"b\\\\c", y', { x: 'a"b\\c', y: null }],
    [
      'a directive within quotes, which is none',
      'x="max-age=60", max-age=1',
      { x: 'max-age=60', 'max-age': '1' },
    ],
    ['single quotes, which are none', "max-age='60'", { 'max-age': "'60'" }],
    ['an empty argument', 'x="", y=', { x: '', y: '' }],
    ['space around the equals sign', 'max-age = 60', { 'max-age': '60' }],
    ['what is no directive', ', ,;, =5, max-age=1', { '5': null, 'max-age': '1' }],
    ['something behind the argument', 'max-age="60"private, no-store', { 'max-age': '60', 'no-store': null }],
    [
      'a semicolon where a comma was meant',
      'max-age=60; private;no-store',
      { 'max-age': '60', private: null, 'no-store': null },
    ],
    [
      'a space where a comma was meant',
      'max-age=60 private\tno-store  no-cache',
      { 'max-age': '60', private: null, 'no-store': null, 'no-cache': null },
    ],
    ['either within quotes', 'x="a; b private", max-age=1', { x: 'a; b private', 'max-age': '1' }],
    ['a directive behind an unclosed quote', 'x="a, no-store', { x: '', 'no-store': null }],
  ])('reads %s', (_, field, directives) => {
    expect(parse(field)).toEqual(directives)
  })

  test.each([null, undefined, '', '  ', ',,,'])('%j has none', (field) => {
    expect(parse(field)).toEqual({})
  })

  test('a directive name of Object.prototype is a directive like any other', () => {
    expect(parseCacheControl('constructor=1').get('constructor')).toBe('1')
    expect(parseCacheControl('public').get('constructor')).toBeUndefined()
  })
})

describe('RFC 9111 §4.2.1 Calculating Freshness Lifetime', () => {
  test('of a repeated directive the first counts', () => {
    expect(parse('max-age=1, Max-Age=2')).toEqual({ 'max-age': '1' })
  })

  test.each<[string, number | null]>([
    ['max-age=60', 60],
    ['max-age="60"', 60],
    ['max-age=0060', 60],
    ['max-age=99999999999', LARGEST_SECONDS],
    ["max-age='60'", 0],
    ['max-age=-60', 0],
    ['max-age=60.0', 0],
    ['max-age=a60', 0],
    ['max-age=60a', 0],
    ['max-age=', 0],
    ['max-age', 0],
    ['max-age=soon, max-age=60', 0],
    ['x="max-age=60"', null],
  ])('a lifetime that cannot be read is none at all: %s', (field, seconds) => {
    expect(lifetimeOf(parseCacheControl(field), 'max-age')).toBe(seconds)
  })
})

describe('RFC 9111 §1.2.2 Delta Seconds', () => {
  test.each<[string | null | undefined, number | null]>([
    ['0', 0],
    ['60', 60],
    ['007', 7],
    ['2147483648', LARGEST_SECONDS],
    ['99999999999999999999', LARGEST_SECONDS],
    ['9'.repeat(400), LARGEST_SECONDS],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['0x10', null],
    [' 1', null],
    ['١', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%j is %j', (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds)
  })

  test('a directive gives its seconds, or none', () => {
    const directives = parseCacheControl('max-age=60, s-maxage=soon, private')
    expect(secondsOf(directives, 'max-age')).toBe(60)
    expect(secondsOf(directives, 's-maxage')).toBeNull()
    expect(secondsOf(directives, 'private')).toBeNull()
    expect(secondsOf(directives, 'stale-if-error')).toBeNull()
  })
})

describe('whatever a handler writes', () => {
  const names = fc.constantFrom('max-age', 's-maxage', 'private', 'no-store', 'x-1')
  const argument = fc.option(fc.string({ unit: 'grapheme-ascii' }), { nil: null })
  const directives = fc.uniqueArray(fc.tuple(names, argument), { selector: ([name]) => name })
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

  test('nothing makes the parser throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (field) => {
        for (const [name] of parseCacheControl(field)) expect(name).toMatch(/^[^\s,;="]+$/)
      }),
    )
  })

  test('what was written comes back', () => {
    fc.assert(
      fc.property(directives, (written) => {
        const field = written
          .map(([name, value]) => (value === null ? name : `${name}=${quote(value)}`))
          .join(', ')
        expect([...parseCacheControl(field)]).toEqual(written)
      }),
    )
  })

  test.each(['a="', 'a=" ', 'a=\\"', 'a ', ' =', '"'])(
    '%j without end takes no more than linear time',
    (part) => {
      const started = performance.now()
      parseCacheControl(part.repeat(20_000))
      expect(performance.now() - started).toBeLessThan(1000)
    },
  )
})
