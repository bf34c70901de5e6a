/** Conditional requests: when a stored response is the one that the client already has. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONDITIONAL_FIELDS, isNotModified } from '../../src/http/conditional.ts'

const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT'
const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'
const LATER = 'Sun, 06 Nov 1994 08:49:38 GMT'

const tagged = (ifNoneMatch: string, etag: string | null | undefined) =>
  isNotModified(ifNoneMatch, null, { etag, lastModified: null })
const dated = (ifModifiedSince: string | null | undefined, lastModified: string | null | undefined) =>
  isNotModified(null, ifModifiedSince, { etag: '"a"', lastModified })

describe('RFC 9110 §13.1.2 If-None-Match', () => {
  test.each<[string, string | null, boolean]>([
    ['"a"', '"a"', true],
    ['"a"', '"b"', false],
    ['"a", "b"', '"b"', true],
    ['"a","b"', '"b"', true],
    ['"a"\t,\t"b"', '"b"', true],
    ['"a"\t,\t"b"', '"a"', true],
    ['"a", W/"b"', '"b"', true],
    ['""', '""', true],
    ['"a"', null, false],
    ['', '"a"', false],
    ['a', '"a"', false],
    ['"ab"', '"a"', false],
    ['"x,y"', '"x,y"', true],
    ['"x,y"', '"x"', false],
    ['"é"', '"é"', true],
    ['"a", "→"', '"→"', true],
    ['"a" "b"', '"b"', false],
    ['x"a"', '"a"', false],
    ['"a"x', '"a"', false],
    ['"a b","c"', '"c"', true],
    ['"a b","c"', '","', false],
    ['w/"a"', '"a"', false],
    [',, "a" ,', '"a"', true],
    ['*', '"a"', true],
    [' * ', null, true],
    ['"*"', '"a"', false],
  ])('%s against %s: %s', (field, etag, expected) => {
    expect(tagged(field, etag)).toBe(expected)
  })
})

describe('RFC 9110 §8.8.3.2 Comparison', () => {
  // The RFC's own table, in its column "Weak Comparison".
  test.each([
    ['W/"1"', 'W/"1"', true],
    ['W/"1"', 'W/"2"', false],
    ['W/"1"', '"1"', true],
    ['"1"', 'W/"1"', true],
    ['"1"', '"1"', true],
  ])('%s and %s: %s', (field, etag, expected) => {
    expect(tagged(field, etag)).toBe(expected)
  })
})

describe('RFC 9110 §13.1.3 If-Modified-Since', () => {
  test.each<[string | null | undefined, string | null | undefined, boolean]>([
    [DATE, DATE, true],
    [LATER, DATE, true],
    [EARLIER, DATE, false],
    [DATE, null, false],
    [DATE, undefined, false],
    [DATE, 'yesterday', false],
    ['0', DATE, false],
    [null, DATE, false],
    [undefined, undefined, false],
  ])('%s against %s: %s', (field, lastModified, expected) => {
    expect(dated(field, lastModified)).toBe(expected)
  })

  test('counts for nothing where If-None-Match is present, even an empty one', () => {
    const validators = { etag: '"new"', lastModified: DATE }
    expect(isNotModified('"old"', LATER, validators)).toBe(false)
    expect(isNotModified('', LATER, validators)).toBe(false)
    expect(isNotModified('"new"', EARLIER, validators)).toBe(true)
  })
})

test('an unconditional request is never answered with a 304', () => {
  expect(isNotModified(null, undefined, { etag: '"a"', lastModified: DATE })).toBe(false)
})

test('the handler is kept from every field that makes a request conditional or partial', () => {
  expect([...CONDITIONAL_FIELDS].sort()).toEqual([
    'if-match',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'range',
  ])
})

test('whatever a client sends, nothing throws, and a tag is found wherever it stands in the list', () => {
  const tag = fc
    .tuple(fc.constantFrom('', 'W/'), fc.stringMatching(/^[!#-~]*$/))
    .map(([weak, opaque]) => `${weak}"${opaque}"`)
  fc.assert(
    fc.property(fc.array(tag, { minLength: 1 }), fc.nat(), (tags, at) => {
      expect(tagged(tags.join(', '), tags[at % tags.length])).toBe(true)
    }),
  )
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (match, since, etag, lastModified) => {
      expect(isNotModified(match, since, { etag, lastModified })).toBeTypeOf('boolean')
    }),
  )
})
