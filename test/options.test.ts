/**
 * Options that cannot be meant throw when the app is built, and the message says what is wrong and what is right, but
 * never what the value was: it may be a token. These are the options of `cache()` and `memoize()`.
 */
import { describe, expect, test } from 'vitest'
import { cache, memoize, redisCache } from '../src/index.ts'
import {
  type Case,
  inCache,
  inRedisCache,
  kinds,
  mistake,
  NO_FUNCTION,
  NO_TEXT,
  NO_TEXTS,
  text,
  texts,
} from './support/mistakes.ts'

const seconds = 'seconds, zero or more: a number, a function, or an object of them by status'

describe('cache()', () => {
  test.each<Case>([
    ...kinds(
      'expire',
      seconds,
      [-1, '-1'],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      ['60', 'a string'],
    ),
    ...kinds(
      'expire',
      seconds,
      [{ 99: 1 }, 'object'],
      [{ 200: '60' }, 'object'],
      [{ ok: 1 }, 'object'],
      [null, 'null'],
    ),
    ...kinds('namespace', text, ...NO_TEXT),
    ...kinds('key', text, ...NO_TEXT),
    ...kinds('keyBuilder', 'a function', ...NO_FUNCTION),
    ...kinds(
      'methods',
      'an array of GET, HEAD, POST, QUERY',
      ['GET', 'a string'],
      [['PUT'], 'an array'],
      [['get'], 'an array'],
    ),
    ...kinds(
      'query',
      'true, false, { only: [names] } or { ignore: [names] }',
      ['a', 'a string'],
      [['a'], 'an array'],
      [{}, 'object'],
      [{ only: 'a' }, 'object'],
      [{ only: ['a'], ignore: ['b'] }, 'object'],
      [{ except: ['a'] }, 'object'],
    ),
    ...kinds(
      'vary',
      'an array of header names, or { headers, cookies, vars, covers } with arrays of names',
      ['accept', 'a string'],
      [[1], 'an array'],
      [{ header: ['accept'] }, 'object'],
      [{ headers: 'accept' }, 'object'],
    ),
    ...kinds(
      'tags',
      'an array of strings, or a function',
      ['a', 'a string'],
      [[null], 'an array'],
      [{}, 'object'],
    ),
    ...kinds('when', 'a function', ...NO_FUNCTION),
    ...kinds('storeWhen', 'a function', ...NO_FUNCTION),
    ...kinds('etag', 'true or false', ['yes', 'a string'], [1, '1'], [() => true, 'a function']),
    ...kinds(
      'maxBodyBytes',
      'a number of bytes, zero or more',
      [-1, '-1'],
      ['1kb', 'a string'],
      [1n, 'a bigint'],
    ),
  ])('%o', (options, found, expected) => {
    for (const message of [inCache(options), inRedisCache({ defaults: options })]) {
      expect(message).toContain(expected)
      expect(message).toContain(`got ${found}`)
    }
  })

  test('says where the mistake is', () => {
    expect(inCache({ etag: 1 })).toBe('cache(): etag must be true or false; got 1')
    expect(inRedisCache({ defaults: { etag: 1 } })).toMatch(/^redisCache\(\{ defaults \}\): etag /)
  })

  test('an option that there is none of, with those that there are', () => {
    expect(inCache({ ttl: 60 })).toMatch(
      /^cache\(\): there is no option "ttl"; there are expire, namespace, key/,
    )
    expect(inCache({ constructor: 1 })).toContain('there is no option "constructor"')
    expect(inRedisCache({ expire: 60 })).toMatch(
      /there is no option "expire"; there are url, token, redis, store/,
    )
  })

  test('key and keyBuilder', () => {
    expect(inCache({ key: 'a', keyBuilder: () => 'b' })).toContain('key and keyBuilder exclude each other')
  })

  test('vary.covers without the variables that stand for those headers', () => {
    expect(inCache({ vary: { covers: ['authorization'] } })).toContain('vary.covers needs vary.vars')
  })

  test.each([60, '60', null, [], true])('%j in place of options', (options) => {
    expect(inCache(options)).toContain('expected an object of options, got')
    expect(inRedisCache(options)).toContain('expected an object of options, got')
    expect(inRedisCache({ defaults: options })).toContain('got')
  })

  test.each<object>([
    {},
    { expire: undefined, key: undefined, tags: undefined },
    { expire: 0 },
    { expire: 0.5 },
    { expire: () => 1 },
    { expire: { 200: 300, 404: () => 10 } },
    { query: false },
    { query: { only: [] } },
    { vary: [] },
    { vary: { headers: ['accept'], cookies: ['theme'], vars: ['user.id'], covers: ['authorization'] } },
    { methods: ['GET', 'HEAD', 'QUERY', 'POST'] },
    { tags: () => [] },
    { maxBodyBytes: 0 },
  ])('%o can be meant', (options) => {
    expect(cache(options)).toBeTypeOf('function')
    expect(redisCache({ defaults: options })).toBeTypeOf('function')
  })
})

describe('memoize()', () => {
  const inMemoize = (options: unknown) => mistake(() => memoize(() => 1, options as { name: string }))

  test.each<Case>([
    ...kinds('name', text, ...NO_TEXT),
    ...kinds('expire', 'seconds, zero or more', [-1, '-1'], [() => 1, 'a function'], [{ 200: 1 }, 'object']),
    ...kinds('namespace', text, ...NO_TEXT),
    ...kinds('tags', 'an array of strings, or a function', ['a', 'a string']),
    ...kinds('exclude', texts, ...NO_TEXTS),
  ])('%o', (options, found, expected) => {
    const message = inMemoize({ name: 'load', ...options })
    expect(message).toContain(expected)
    expect(message).toContain(`got ${found}`)
  })

  test('without a name', () => {
    expect(inMemoize({})).toBe('memoize(): name is needed; it is part of the key')
    expect(inMemoize({ name: undefined })).toBe('memoize(): name is needed; it is part of the key')
    expect(inMemoize(undefined)).toContain('expected an object of options')
  })

  test('with an option of cache()', () => {
    expect(inMemoize({ name: 'load', vary: [] })).toContain('there is no option "vary"')
  })
})
