/** Which header fields become part of an entry: those made below `cache()`, and none of a connection. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fieldOf,
  fieldsOfEntry,
  isContentField,
  isFieldName,
  mayBeOfEntry,
  namesOf,
} from '../../src/http/fields.ts'

const fields = (response: HeadersInit, above: HeadersInit = {}) =>
  fieldsOfEntry(new Headers(response), new Headers(above))

describe('RFC 9110 §7.6.1 Connection', () => {
  test.each([
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authentication-info',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ])('%s belongs to a connection and is not stored', (name) => {
    expect(fields({ [name]: 'x', 'x-kept': '1' })).toEqual([['x-kept', '1']])
    expect(mayBeOfEntry(name, 'x')).toBe(false)
  })

  test('nor is what Connection names', () => {
    expect(fields({ connection: 'X-Hop, close', 'x-hop': '1', 'x-kept': '1' })).toEqual([['x-kept', '1']])
  })

  test('of thousands of names and as many fields, it takes no second', () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `x-hop-${i}`)
    const kept = names.map((name): [string, string] => [name.replace('hop', 'kept'), '1'])
    const started = performance.now()
    expect(fields([['connection', names.join()], ...kept])).toHaveLength(30_000)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  test.each(['set-cookie', 'vary'])(
    'but not %s, without which one would have the answer of another',
    (name) => {
      expect(fields({ connection: name, [name]: 'accept' })).toEqual([[name, 'accept']])
    },
  )

  test.each(['age', 'content-length'])('%s is computed anew for every answer', (name) => {
    expect(fields({ [name]: '7' })).toEqual([])
    expect(mayBeOfEntry(name, '7')).toBe(false)
  })
})

describe('what middleware above has set', () => {
  test('is its own: it sets it again for every answer', () => {
    expect(fields({ 'x-request-id': '1', 'x-made': 'below' }, { 'x-request-id': '1' })).toEqual([
      ['x-made', 'below'],
    ])
  })

  test('and is changed below, is the entry’s', () => {
    expect(fields({ 'x-powered-by': 'below' }, { 'x-powered-by': 'above' })).toEqual([
      ['x-powered-by', 'below'],
    ])
  })

  test('and is added to below, is stored as the addition alone', () => {
    expect(fields({ vary: 'Origin, Accept' }, { vary: 'Origin' })).toEqual([['vary', 'Accept', 'append']])
    // No member of the list: another value that begins with the same letters.
    expect(fields({ vary: 'Origin-2' }, { vary: 'Origin' })).toEqual([['vary', 'Origin-2']])
  })

  test('and is Vary, where that alone tells what the response depends on, is the entry’s, too', () => {
    const above = new Headers({ vary: 'Origin' })
    for (const vary of ['Origin', 'Origin, Accept'])
      expect(fieldsOfEntry(new Headers({ vary }), above, true)).toEqual([['vary', vary]])
  })

  test.each(['content-type', 'content-encoding', 'content-language'])(
    'says nothing of the body: %s goes with the entry though it is the same',
    (name) => {
      expect(fields({ [name]: 'x' }, { [name]: 'x' })).toEqual([[name, 'x']])
    },
  )

  test('a cookie of this request is not the entry’s, one of the handler is', () => {
    const cookies = (...values: string[]) => values.map((value): [string, string] => ['set-cookie', value])
    for (const above of [cookies('session=1'), cookies('session=1', 'theme=dark')])
      expect(fields([...above, ...cookies('seen=1')], above)).toEqual([['set-cookie', 'seen=1']])
    expect(fields(cookies('session=1'), cookies('session=1'))).toEqual([])
    expect(fields(cookies('a=1', 'b=2'))).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
  })
})

test('names come in lower case, and a field that was appended to is one', () => {
  const headers = new Headers([
    ['X-List', 'a'],
    ['x-list', 'b'],
  ])
  expect(fieldsOfEntry(headers, new Headers())).toEqual([['x-list', 'a, b']])
})

test('and so they do where a test environment has a Headers that gives them as they were written', () => {
  const written = Object.assign(new Headers(), {
    *[Symbol.iterator]() {
      yield ['Content-Type', 'text/plain']
      yield ['Set-Cookie', 'above=1']
    },
  })
  expect(fieldsOfEntry(written, new Headers({ 'set-cookie': 'above=1' }))).toEqual([
    ['content-type', 'text/plain'],
  ])
})

test('what is stored may be of an entry, whatever the names and the bytes in it', () => {
  const token = fc.string({ unit: fc.constantFrom(..."aZ09-_.!#$%&'*+^`|~"), minLength: 1 })
  const bytes = fc.string({ unit: fc.constantFrom(...'\t aZ"~\x80é\xff') })
  fc.assert(
    fc.property(fc.array(fc.tuple(token, bytes)), (response) => {
      for (const [name, value] of fields(response)) expect(mayBeOfEntry(name, value)).toBe(true)
    }),
  )
})

test('a field is found by its name, or is null', () => {
  expect(fieldOf([['etag', '"a"']], 'etag')).toBe('"a"')
  expect(fieldOf([['etag', '"a"']], 'vary')).toBeNull()
})

describe('RFC 9110 §5.1 Field Names', () => {
  test.each([..."aZ09-_.!#$%&'*+^`|~"])('%s may be in one', (character) => {
    expect(isFieldName(`${character}x${character}`)).toBe(true)
  })

  test.each(['', '*', ' x', 'x y', 'x ', 'x,y', 'x\ny', 'é', 'x:'])(
    '%j is none, of which no request could be asked',
    (name) => {
      expect(isFieldName(name)).toBe(false)
    },
  )
})

describe('RFC 9110 §5.6.1 Lists', () => {
  test.each<[string | null | undefined, string[]]>([
    ['Accept', ['accept']],
    ['Accept,  ACCEPT-Language\t', ['accept', 'accept-language']],
    [', ,a,,', ['a']],
    ['*', ['*']],
    ['', []],
    [null, []],
    [undefined, []],
  ])('%j names %j', (field, names) => {
    expect(namesOf(field)).toEqual(names)
  })

  test('whatever is in it, nothing throws and no name is empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (field) => {
        for (const name of namesOf(field)) expect(name).not.toBe('')
      }),
    )
  })
})

describe('RFC 9110 §15.4.5 304 Not Modified', () => {
  test.each([
    ['content-type', true],
    ['content-length', true],
    ['content-encoding', true],
    ['content-language', true],
    ['content-location', false],
    ['etag', false],
    ['vary', false],
    ['cache-control', false],
    ['expires', false],
    ['date', false],
  ])('leaves out %s: %s', (name, left) => {
    expect(isContentField(name)).toBe(left)
  })
})
