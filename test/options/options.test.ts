/**
 * Options that cannot be meant throw when the app is built, and the message says what is wrong and what is right, but
 * never what the value was: it may be a token. These are the options of `cache()` and `memoize()`.
 */
import { Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import { cache, memoize, redisCache } from '../../src/index.ts'
import {
  type Case,
  inCache,
  inRedisCache,
  inside,
  kinds,
  mistake,
  NO_FUNCTION,
  NO_TEXT,
  NO_TEXT_IN,
  NO_TEXTS,
  text,
  texts,
} from '../support/mistakes.ts'

const seconds = 'a number of seconds, zero or more, a function, or an object of these by status'
const tags = 'an array of at most 64 strings, or a function'
const header = 'the name of one header, such as accept-language'
const fieldValue = 'a field value in ASCII, such as max-age=60'

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
      [{ 99: 1 }, 'an object with a member "99"'],
      [{ 200: 1, ok: 1 }, 'an object with a member "ok"'],
      [{ 2000: 1 }, 'an object with a member "2000"'],
      [{ 1200: 1 }, 'an object with a member "1200"'],
      [{}, 'an empty object'],
      [{ 200: undefined }, 'an empty object'],
      [null, 'null'],
    ),
    ...inside('expire', [
      { 200: 1, 404: '60' },
      'expire.404',
      'a number of seconds, zero or more, or a function',
      'a string',
    ]),
    ...inside(
      'expire',
      ...[304, 412, 428, 429, 431, 511].map(
        (status) =>
          [
            { 200: 60, [status]: 10 },
            `expire.${status}`,
            'left out: such a response is never stored',
            '10',
          ] as const,
      ),
    ),
    ...kinds('namespace', text, ...NO_TEXT),
    ...kinds('key', text, ...NO_TEXT),
    ...kinds('keyBuilder', 'a function', ...NO_FUNCTION),
    ...kinds('methods', 'an array of GET, HEAD, POST, QUERY', ['GET', 'a string'], [[], 'an empty array']),
    ...inside(
      'methods',
      [['PUT'], 'methods[0]', 'GET, HEAD, POST or QUERY', 'a string'],
      [['GET', 'get'], 'methods[1]', 'GET, HEAD, POST or QUERY', 'a string'],
    ),
    ...kinds(
      'query',
      'true, false, { only: [names] } or { ignore: [names] }',
      ['a', 'a string'],
      [['a'], 'an array'],
      [{}, 'an empty object'],
      [{ only: ['a'], ignore: ['b'] }, 'an object'],
      [{ except: ['a'] }, 'an object with a member "except"'],
    ),
    ...inside(
      'query',
      [{ only: 'a' }, 'query.only', texts, 'a string'],
      [{ ignore: ['a', 1] }, 'query.ignore[1]', text, '1'],
    ),
    ...kinds(
      'vary',
      'an array of header names, or { headers, cookies, vars, covers } of such arrays',
      ['accept', 'a string'],
      [{ header: ['accept'] }, 'an object with a member "header"'],
    ),
    ...inside(
      'vary',
      [[1], 'vary[0]', header, '1'],
      [['accept', 'accept language'], 'vary[1]', header, 'a string'],
      [['*'], 'vary[0]', header, 'a string'],
      [{ headers: 'accept' }, 'vary.headers', texts, 'a string'],
      [{ headers: ['accept', ''] }, 'vary.headers[1]', header, 'an empty string'],
      [{ cookies: ['theme', 1] }, 'vary.cookies[1]', text, '1'],
      [{ vars: ['user.id'], covers: ['a b'] }, 'vary.covers[0]', header, 'a string'],
    ),
    ...kinds(
      'cacheControl',
      fieldValue,
      ['max-age=5 – x', 'a string'],
      ['max-age=5\nx', 'a string'],
      ['max-age=5\0', 'a string'],
      ['', 'an empty string'],
      [{ maxAge: 5 }, 'an object'],
    ),
    ...kinds(
      'refreshAhead',
      'a share, more than 0 and up to 1',
      [0, '0'],
      [1.1, '1.1'],
      [-1, '-1'],
      ['0.8', 'a string'],
    ),
    ...kinds('jitter', 'a share, from 0 to 1', [-0.1, '-0.1'], [1.1, '1.1'], ['0.1', 'a string']),
    ...kinds('tags', tags, ['a', 'a string'], [{}, 'an object'], [Array(65).fill('a'), '65 strings']),
    ...inside('tags', [['a', null], 'tags[1]', text, 'null'], [Array(1), 'tags[0]', text, 'undefined']),
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
    expect(inCache(options)).toBe(`cache(): ${expected}; got ${found}`)
    expect(inRedisCache({ defaults: options })).toBe(`redisCache({ defaults }): ${expected}; got ${found}`)
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
    expect(inRedisCache({ ttl: 60 })).toMatch(/there is no option "ttl"; there are url, token, redis, store/)
    expect(inRedisCache({ expire: 60 })).toBe(
      'redisCache(): there is no option "expire"; it is one of cache(): give it there, or in defaults',
    )
  })

  test('key and keyBuilder', () => {
    expect(inCache({ key: 'a', keyBuilder: () => 'b' })).toContain('key and keyBuilder exclude each other')
  })

  test('lease and coalesce: false', () => {
    const mistaken = { lease: true, coalesce: false }
    expect(inCache(mistaken)).toBe('cache(): lease needs coalesce; leave out coalesce: false')
    for (const options of [{ lease: true }, { lease: true, coalesce: true }, { coalesce: false }])
      expect(cache(options)).toBeTypeOf('function')
  })

  test('a key for all routes, which would share one answer', () => {
    expect(inRedisCache({ defaults: { key: 'a' } })).toBe(
      'redisCache({ defaults }): all routes would share what has this key; give it to cache()',
    )
    expect(redisCache({ defaults: { key: undefined } } as object)).toBeTypeOf('function')
  })

  test('vary.covers without the variables that stand for those headers', () => {
    expect(inCache({ vary: { covers: ['authorization'] } })).toContain('vary.covers needs vary.vars')
  })

  test.each([60, '60', null, [], true])('%j in place of options', (options) => {
    expect(inCache(options)).toContain('expected an object of options, got')
    expect(inRedisCache(options)).toContain('expected an object of options, got')
    expect(inRedisCache({ defaults: options })).toContain('got')
  })

  test('uncalled, so that it is given a Context', async () => {
    for (const [middleware, name] of [
      [cache, 'cache()'],
      [redisCache, 'redisCache()'],
    ] as const) {
      const app = new Hono().use(middleware as unknown as MiddlewareHandler)
      app.onError(({ message }, c) => c.text(message))
      expect(await (await app.request('/')).text()).toBe(
        `${name}: this is a Context and not options; call it: app.use(${name})`,
      )
    }
  })

  test.each<object>([
    {},
    { expire: undefined, key: undefined, tags: undefined },
    { key: undefined, keyBuilder: () => 'built' },
    { expire: { 200: 60, 404: undefined } },
    { query: { only: undefined, ignore: ['page'] } },
    { vary: { headers: undefined, vars: ['user.id'] } },
    { cacheControl: 'public,\tmax-age=60' },
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
    { tags: Array(64).fill('a') },
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
    ...kinds(
      'expire',
      'a number of seconds, zero or more',
      [-1, '-1'],
      [() => 1, 'a function'],
      [{ 200: 1 }, 'an object'],
    ),
    ...kinds('namespace', text, ...NO_TEXT),
    ...kinds('tags', tags, ['a', 'a string']),
    ...kinds('exclude', texts, ...NO_TEXTS),
    ...NO_TEXT_IN('exclude'),
  ])('%o', (options, found, expected) => {
    expect(inMemoize({ name: 'load', ...options })).toBe(`memoize(): ${expected}; got ${found}`)
  })

  test('of what is no function', () => {
    expect(mistake(() => memoize('load' as never, { name: 'load' }))).toBe(
      'memoize(): expected a function and its options, got a string',
    )
    expect(mistake(() => memoize({ name: 'load' } as never, undefined as never))).toBe(
      'memoize(): expected a function and its options, got an object',
    )
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
