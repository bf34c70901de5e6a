/** Directives for caches like this one: when they count, and when Cache-Control does. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSeconds } from '../../src/http/cache-control.ts'
import { CACHE_NAME } from '../../src/http/cache-status.ts'
import {
  cdnDirectives,
  SURROGATE_CAPABILITY,
  surrogateDirectives,
  targetedDirectives,
} from '../../src/http/targeted.ts'

type Read = Record<string, string | null> | null
const cdn = (field: string | null): Read => {
  const directives = cdnDirectives(field)
  return directives && Object.fromEntries(directives)
}
const surrogate = (field: string | null): Read => {
  const directives = surrogateDirectives(field)
  return directives && Object.fromEntries(directives)
}

describe('RFC 9213 §2.2 Cache Behavior', () => {
  const of = (fields: Record<string, string>) => {
    const directives = targetedDirectives(new Headers(fields))
    return directives && Object.fromEntries(directives)
  }

  test('without such a field Cache-Control counts', () => {
    expect(of({ 'cache-control': 'max-age=1' })).toBeNull()
    expect(of({ 'cdn-cache-control': '', 'surrogate-control': '' })).toBeNull()
  })

  test('CDN-Cache-Control comes before Surrogate-Control', () => {
    expect(of({ 'cdn-cache-control': 'max-age=1', 'surrogate-control': 'max-age=2' })).toEqual({
      'max-age': '1',
    })
    expect(of({ 'surrogate-control': 'max-age=2' })).toEqual({ 'max-age': '2' })
  })

  test('a field that cannot be read is not there', () => {
    expect(of({ 'cdn-cache-control': 'max-age=1,', 'surrogate-control': 'max-age=2' })).toEqual({
      'max-age': '2',
    })
  })

  test('several lines are one field', () => {
    const headers = new Headers([
      ['cdn-cache-control', 'max-age=1'],
      ['cdn-cache-control', 'no-store'],
    ])
    expect(Object.fromEntries(targetedDirectives(headers) ?? [])).toEqual({
      'max-age': '1',
      'no-store': null,
    })
  })
})

describe('RFC 8941 §4.2.2 Parsing a Dictionary', () => {
  test.each<[string, string, Read]>([
    ['an Integer', 'max-age=60', { 'max-age': '60' }],
    ['several', 'max-age=60,no-store ,\tprivate', { 'max-age': '60', 'no-store': null, private: null }],
    ['true', 'no-store=?1', { 'no-store': null }],
    ['false: it is not said', 'no-store=?0, private', { private: null }],
    ['a Token', 'x=a/b:c', { x: 'a/b:c' }],
    ['a String', 'private="a, \\"b\\\\"', { private: 'a, "b\\' }],
    ['an empty String', 'x=""', { x: '' }],
    ['a Decimal', 'x=1.5', { x: '1.5' }],
    ['a Byte Sequence', 'x=:aZ09+/k=:, y=::', { x: ':aZ09+/k=:', y: '::' }],
    ['an Inner List', 'private=("a" "b";c=1);d, x=()', { private: null, x: null }],
    ['spaces in an Inner List', 'x=(  a   b  )', { x: null }],
    [
      'parameters, which are ignored',
      'max-age=60;a;b=1; c="x", no-store;d',
      { 'max-age': '60', 'no-store': null },
    ],
    ['the last of a repeated key', 'max-age=1, max-age=2', { 'max-age': '2' }],
    ['a key with a star', '*a.b_c-d=1', { '*a.b_c-d': '1' }],
    ['spaces around', '  max-age=60  ', { 'max-age': '60' }],
    ['fifteen digits', `max-age=${'9'.repeat(15)}`, { 'max-age': '9'.repeat(15) }],
  ])('%s', (_, field, directives) => {
    expect(cdn(field)).toEqual(directives)
  })

  test.each<[string, string]>([
    ['a comma at the end', 'max-age=60,'],
    ['a comma and a space at the end', 'max-age=60, '],
    ['a comma at the beginning', ', max-age=60'],
    ['two commas', 'max-age=60,, no-store'],
    ['no comma', 'max-age=60 no-store'],
    ['upper case', 'MaX-aGe=60'],
    ['space before the equals sign', 'max-age =60'],
    ['space after the equals sign', 'max-age= 60'],
    ['no value', 'max-age='],
    ['single quotes', "max-age='60'"],
    ['an unclosed String', 'x="a'],
    ['an escape that is none', 'x="\\a"'],
    ['a control character in a String', 'x="a\tb"'],
    ['a String beyond ASCII', 'x="é"'],
    ['sixteen digits', `max-age=${'9'.repeat(16)}`],
    ['thirteen digits before the point', `x=${'9'.repeat(13)}.0`],
    ['four digits behind the point', 'x=1.0001'],
    ['a point without digits', 'x=1.'],
    ['two signs', 'x=--1'],
    ['a Boolean that is none', 'x=?2'],
    ['a Byte Sequence that is none', 'x=:a b:'],
    ['an unclosed Inner List', 'x=(a b'],
    ['an Inner List with commas', 'x=(a,b)'],
    ['an Inner List within another', 'x=((a))'],
    ['a parameter without a name', 'x;'],
    ['a parameter in upper case', 'x;A'],
    ['space before a parameter', 'x ;a'],
    ['a type of RFC 9651', 'x=@1'],
    ['what is none at all', 'max-age=10000, &&&&&'],
    ['a tab at the beginning', '\tmax-age=60'],
    ['nothing', ''],
    ['spaces', '  '],
  ])('%s: the whole field is ignored', (_, field) => {
    expect(cdn(field)).toBeNull()
  })
})

describe('RFC 9213 §2.1 Syntax', () => {
  test.each(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'])(
    '%s of another type than Integer is ignored alone',
    (name) => {
      for (const value of ['="60"', '=60.0', '=a', '', '=?1', '=-60', '=(60)', '=:NjA=:']) {
        expect(cdn(`${name}${value}`)).toBeNull()
        expect(cdn(`${name}${value}, no-store`)).toEqual({ 'no-store': null })
      }
    },
  )

  test('what keeps a response out counts whatever its value', () => {
    expect(cdn('no-store=1, private="set-cookie", no-cache=a')).toEqual({
      'no-store': '1',
      private: 'set-cookie',
      'no-cache': 'a',
    })
  })

  test('an unknown directive makes the field none the less valid', () => {
    expect(cdn('foobar')).toEqual({ foobar: null })
  })
})

describe('W3C Edge Architecture §2.2 Surrogate-Control', () => {
  test.each<[string, string, Read]>([
    ['max-age', 'max-age=60', { 'max-age': '60' }],
    ['in any case', 'MaX-aGe=60, No-Store', { 'max-age': '60', 'no-store': null }],
    ['max-age with an extension', 'max-age=60+10', { 'max-age': '60', 'stale-while-revalidate': '10' }],
    ['max-age with an extension that is none', 'max-age=60+', { 'max-age': '60' }],
    ['no-store', 'no-store, content="ESI/1.0"', { 'no-store': null }],
    [
      'what surrogates in use add',
      'max-age=1, stale-if-error=2, stale-while-revalidate=3, private="set-cookie", no-cache',
      {
        'max-age': '1',
        'stale-if-error': '2',
        'stale-while-revalidate': '3',
        private: null,
        'no-cache': null,
      },
    ],
    ['beside what it does not know', 'foobar, max-age=60', { 'max-age': '60' }],
    ['beside a comma within quotes', 'content="a, no-store, b", max-age=60', { 'max-age': '60' }],
  ])('%s', (_, field, directives) => {
    expect(surrogate(field)).toEqual(directives)
  })

  test.each<[string, string | null]>([
    ['no field', null],
    ['an empty one', ''],
    ['what says nothing about storing', 'content="ESI/1.0", no-store-remote, foo'],
    ['space before the equals sign', 'max-age =60'],
    ['space after the equals sign', 'max-age= 60'],
    ['no seconds', 'max-age'],
    ['a negative', 'max-age=-1'],
    ['a fraction', 'max-age=1.5'],
    ['quotes', 'max-age="60"'],
    ['two extensions', 'max-age=60+1+1'],
    ['something before it', 'x max-age=60'],
    ['something behind it', 'max-age=60 x'],
    ['a directive within quotes', 'content="max-age=60"'],
  ])('%s: Cache-Control counts', (_, field) => {
    expect(surrogate(field)).toBeNull()
  })
})

describe('W3C Edge Architecture §2.4 Surrogate Control Targeting', () => {
  test('the name that the origin is told is the name that counts', () => {
    expect(SURROGATE_CAPABILITY).toBe(`${CACHE_NAME}="Surrogate/1.0"`)
  })

  test.each<[string, string, Read]>([
    ['at us', `max-age=60;${CACHE_NAME}`, { 'max-age': '60' }],
    ['at us among others', `max-age=60;abc; ${CACHE_NAME} ;def`, { 'max-age': '60' }],
    ['at another', 'max-age=60;abc', null],
    ['at another, no-store', 'no-store;abc, max-age=60', { 'max-age': '60' }],
    ['at us, which beats one at all', `max-age=60;${CACHE_NAME}, max-age=600`, { 'max-age': '60' }],
    ['at us, which beats one at all before it', `max-age=600, max-age=60;${CACHE_NAME}`, { 'max-age': '60' }],
    ['at one whose name begins so', `max-age=60;${CACHE_NAME}-2`, null],
  ])('a directive %s', (_, field, directives) => {
    expect(surrogate(field)).toEqual(directives)
  })
})

describe('whatever a handler writes', () => {
  test('nothing makes the parsers throw', () => {
    const pieces = fc.constantFrom(
      'max-age',
      '=',
      ',',
      ' ',
      ';',
      '"',
      '\\',
      '(',
      ')',
      '?1',
      '60',
      '1.5',
      ':',
      'A',
      '*',
    )
    const field = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 20 }).map((some) => some.join('')),
    )
    fc.assert(
      fc.property(field, (text) => {
        for (const directives of [cdnDirectives(text), surrogateDirectives(text)]) {
          expect(directives?.size).not.toBe(0)
          const maxAge = directives?.get('max-age')
          if (maxAge !== undefined) expect(parseSeconds(maxAge)).not.toBeNull()
        }
      }),
    )
  })

  test('a dictionary that was written comes back', () => {
    const key = fc
      .stringMatching(/^[a-z*][a-z0-9_\-.*]{0,8}$/)
      .filter((name) => !/^(max-age|s-maxage)$/.test(name))
    const string = fc
      .string({ unit: 'grapheme-ascii' })
      .map((text) => [`"${text.replace(/["\\]/g, '\\$&')}"`, text] as const)
    const token = fc
      .stringMatching(/^[A-Za-z*][\w!#$%&'*+\-.^`|~:/]{0,8}$/)
      .map((text) => [text, text] as const)
    const integer = fc.integer().map((value) => [String(value), String(value)] as const)
    const parameters = fc.constantFrom('', ';a', ';a=1; b="c"')
    const written = fc.uniqueArray(fc.tuple(key, fc.oneof(string, token, integer), parameters), {
      minLength: 1,
      selector: ([name]) => name,
    })
    fc.assert(
      fc.property(written, (members) => {
        const field = members.map(([name, [item], after]) => `${name}=${item}${after}`).join(', ')
        expect([...(cdnDirectives(field) ?? [])]).toEqual(members.map(([name, [, value]]) => [name, value]))
      }),
    )
  })

  test.each(['x=(', 'x=( ', '; ', ' ', ',', 'x="', 'x="\\"', 'a;', 'a=(a '])(
    '%j without end takes no more than linear time',
    (piece) => {
      const started = performance.now()
      cdnDirectives(`x${piece.repeat(20_000)}`)
      cdnDirectives(piece.repeat(20_000))
      surrogateDirectives(piece.repeat(20_000))
      expect(performance.now() - started).toBeLessThan(1000)
    },
  )
})
