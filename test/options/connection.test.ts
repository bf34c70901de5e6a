/**
 * Options of a connection that cannot be meant, of `redisCache()` and of `openCache()`: which store, client or URL, and
 * what excludes each other. As in `options.test.ts`, the message is of use and never quotes a token.
 */
import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, test } from 'vitest'
import { memoryStore, redisCache, redisStore } from '../../src/index.ts'
import {
  type Case,
  inOpenCache,
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

const SECRET = 'AX-secret-token'
const URL = 'https://redis.example'
const STORE = memoryStore()
const SOCKET = 'one for a socket; open it with a client, and give redis: { send(command) }'

describe('redisCache()', () => {
  const url = 'an http:// or https:// URL without quotes, spaces, credentials or query'
  const token = 'a string that is not empty, without spaces'
  const ms = 'a number of milliseconds, more than zero, or { read, write } of these'
  const near = '{ seconds, maxBytes? }, such as { seconds: 5 }'
  const store = 'a Store, such as memoryStore() gives'

  test.each<Case>([
    ...kinds(
      'url',
      url,
      ['redis.example', 'a string'],
      ['redis://redis.example', SOCKET],
      [`rediss://default:${SECRET}@redis.example:6379`, SOCKET],
      [`https://default:${SECRET}@redis.example`, 'a string'],
      ['https://redis.example/?a=1', 'a string'],
      ['https://redis.example/#a', 'a string'],
      ['https://redis:example', 'a string'],
      [new globalThis.URL(URL), 'an object'],
      [' https://a', 'a string'],
      ['https://a\n', 'a string'],
    ),
    ...kinds('url', url, ['https://', 'a string'], ['', 'an empty string'], [5, '5'], [Symbol(), 'a symbol']),
    ...kinds(
      'token',
      token,
      ...NO_TEXT,
      [`Bearer ${SECRET}`, 'a string'],
      ['tökén', 'a string'],
      ['\n', 'a string'],
    ),
    ...kinds(
      'store',
      store,
      [{}, 'an object without lookUp, begin, commit, clear, lease, release'],
      [{ ...memoryStore(), lease: undefined }, 'an object without lease'],
      [new Map(), 'an object without lookUp, begin, commit, lease, release'],
      ['memory', 'a string'],
      [memoryStore, 'a function'],
      [null, 'null'],
    ),
    ...kinds('prefix', text, ...NO_TEXT),
    ...kinds(
      'timeout',
      ms,
      [0, '0'],
      [-1, '-1'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      ['500', 'a string'],
      [{ reads: 5 }, 'an object with a member "reads"'],
    ),
    ...inside('timeout', [
      { write: 5, read: 0 },
      'timeout.read',
      'a number of milliseconds, more than zero',
      '0',
    ]),
    ...kinds(
      'near',
      near,
      [10, '10'],
      [{}, 'an object without seconds'],
      [{ seconds: undefined, maxBytes: 1000 }, 'an object without seconds'],
      [{ seconds: 10, bytes: 1 }, 'an object with a member "bytes"'],
    ),
    ...inside(
      'near',
      [{ seconds: -1 }, 'near.seconds', 'a number of seconds, zero or more', '-1'],
      [{ seconds: 10, maxBytes: '16 MiB' }, 'near.maxBytes', 'a number of bytes, zero or more', 'a string'],
    ),
    ...kinds('exclude', texts, ...NO_TEXTS),
    ...NO_TEXT_IN('exclude'),
    ...kinds('enabled', 'true, false or a function', ['no', 'a string'], [0, '0']),
    ...kinds('defaults', 'options of cache()', [60, '60'], [[], 'an empty array']),
    ...kinds('waitUntil', 'a function', ...NO_FUNCTION),
    ...kinds('onEvent', 'a function', ...NO_FUNCTION),
  ])('%o', (options, found, expected) => {
    expect(inRedisCache(options)).toBe(`redisCache(): ${expected}; got ${found}`)
  })

  test.each<[string, object, string]>([
    ['two places', { url: URL, token: SECRET, store: STORE }, 'url and store exclude each other'],
    ['two others', { redis: { send: async () => null }, store: STORE }, 'redis and store exclude each other'],
    [
      'three',
      { url: URL, token: SECRET, redis: { send: async () => null }, store: STORE },
      'url and redis and store',
    ],
    ['a url without a token', { url: URL }, 'url and token need each other; give both'],
    ['a token without a url', { token: SECRET }, 'url and token need each other; give both'],
  ])('%s', (_, options, expected) => {
    expect(inRedisCache(options)).toContain(`redisCache(): ${expected}`)
    expect(inOpenCache(options)).toContain(`openCache(): ${expected}`)
  })

  test.each<object>([
    {},
    { url: URL, token: SECRET },
    { url: 'http://127.0.0.1:8079', token: SECRET, prefix: 'shop', timeout: 250 },
    { url: `${URL}/behind/a/proxy/`, token: `${SECRET}\n` },
    { redis: new Redis({ url: URL, token: SECRET }), timeout: { read: 100 } },
    { redis: { send: async () => null } },
    { store: STORE },
    { store: STORE, prefix: 'shop' },
    { store: STORE, near: { seconds: 0 } },
    { store: STORE, near: { seconds: 10, maxBytes: 1_000_000 } },
    { store: redisStore({ send: async () => null }) },
    { store: STORE, near: { seconds: 3, maxBytes: undefined } },
    { store: STORE, timeout: { read: undefined, write: 100 } },
    { store: STORE, timeout: 1 },
    { store: STORE, url: undefined, token: undefined, redis: undefined, defaults: undefined },
    { enabled: () => false, exclude: [], waitUntil: () => {}, onEvent: () => {} },
  ])('%o can be meant', (options) => {
    expect(redisCache(options)).toBeTypeOf('function')
  })

  test('a mistake of the function form is none when the app is built', () => {
    expect(redisCache(() => ({ url: 'nowhere' }))).toBeTypeOf('function')
  })
})

describe('a client, passed bare', () => {
  class RedisClient {
    send() {}
  }
  const upstash = new Redis({ url: URL, token: SECRET })
  const ioredis = { status: 'ready', call() {}, get() {}, exec() {} }
  const nodeRedis = { sendCommand() {}, exec() {} }
  const inRedisStore = (options: unknown) => mistake(() => redisStore(options as never))

  const foreign: [name: string, client: object, send: string][] = [
    ['ioredis', ioredis, '{ send: ([name, ...args]) => redis.call(name, ...args) }'],
    ['node-redis', nodeRedis, '{ send: (command) => redis.sendCommand(command.map(String)) }'],
    ['Bun', new RedisClient(), '{ send: ([name, ...args]) => redis.send(name, args.map(String)) }'],
  ]
  test.each(foreign)('as redis: %s gets what to write', (name, client, send) => {
    const expected = 'redis must be a Redis of @upstash/redis, or { send(command) }'
    expect(inRedisCache({ redis: client })).toBe(
      `redisCache(): ${expected}; got a client of ${name}; write ${send}`,
    )
    expect(inOpenCache({ redis: client })).toContain(`write ${send}`)
  })

  test.each([
    ...foreign.map(([name, client, send]) => [name, client, `redis: ${send}`, send] as const),
    ['@upstash/redis', upstash, 'redis: redis', '{ send: (command) => redis.exec(command) }'] as const,
  ])('in any other place, %s does, too', (name, client, option, send) => {
    expect(inRedisCache({ store: client })).toBe(
      `redisCache(): store must be a Store, such as memoryStore() gives; got a client of ${name}; write ${option}`,
    )
    const options = `expected an object of options, got a client of ${name}; write`
    expect(inRedisCache(client)).toBe(`redisCache(): ${options} ${option}`)
    expect(inOpenCache(client)).toBe(`openCache(): ${options} ${option}`)
    expect(inRedisStore(client)).toBe(`redisStore(): ${options} ${send}`)
  })

  test('a Store in the place of a client or of options', () => {
    expect(inRedisCache({ redis: STORE })).toMatch(/got a Store; write \{ store \}$/)
    expect(inRedisCache(STORE)).toBe(
      'redisCache(): expected an object of options, got a Store; write { store }',
    )
  })

  test('the one function is named', () => {
    expect(inRedisCache({ redis: async () => null })).toMatch(/got a function; write \{ send \}$/)
  })

  test.each([{}, { get() {} }, 'redis://a', null])('%o is no client at all', (client) => {
    expect(inRedisCache({ redis: client })).toContain('a Redis of @upstash/redis, or { send(command) }')
  })
})

describe('a token', () => {
  test.each<[string, object]>([
    ['in the place of a url', { url: SECRET, token: SECRET }],
    ['in the place of a client', { redis: SECRET }],
    ['in the place of a store', { store: SECRET }],
    ['in the place of a timeout', { timeout: SECRET }],
    ['in the place of options', { defaults: SECRET }],
    ['in the url', { url: `redis://default:${SECRET}@redis.example`, token: SECRET }],
    ['in an object', { prefix: { token: SECRET } }],
    ['without its url', { token: SECRET }],
  ])('%s is never quoted', (_, options) => {
    expect(inRedisCache(options)).not.toContain(SECRET)
  })
})

describe('openCache()', () => {
  test('says that it is meant', () => {
    expect(inOpenCache({ url: 'nowhere', token: SECRET })).toBe(
      'openCache(): url must be an http:// or https:// URL without quotes, spaces, credentials or query; got a string',
    )
    expect(inOpenCache({ waitUntil: 5 })).toContain('waitUntil must be a function')
  })

  test('has the options of a connection and no others', () => {
    expect(inOpenCache({ store: STORE, enabled: true })).toContain('there is no option "enabled"')
  })

  test('with nowhere to clear says what to give', () => {
    expect(inOpenCache({})).toBe(
      'openCache(): there is no store to clear; give url and token, redis, or store',
    )
  })
})

describe('redisStore()', () => {
  const send = async () => null
  const inRedisStore = (options?: unknown) => mistake(() => redisStore(options as { send: typeof send }))

  test.each<[options: unknown, message: string]>([
    ['redis://x', 'expected an object of options, got a string'],
    [undefined, 'expected an object of options, got undefined'],
    [{}, 'send is needed; it sends one raw command'],
    [{ send: undefined }, 'send is needed; it sends one raw command'],
    [{ send: 'PING' }, 'send must be a function; got a string'],
    [{ send, prefx: 'x' }, 'there is no option "prefx"; there are send, prefix, epoch'],
    [{ send, prefix: '' }, 'prefix must be a string that is not empty; got an empty string'],
    [{ send, epoch: 'now' }, 'epoch must be a function; got a string'],
  ])('%o', (options, message) => {
    expect(inRedisStore(options)).toBe(`redisStore(): ${message}`)
  })

  test('prefix and epoch may be undefined', () => {
    expect(redisStore({ send, prefix: undefined, epoch: undefined } as never)).toHaveProperty('lookUp')
  })
})

describe('memoryStore()', () => {
  const inMemoryStore = (options: unknown) => mistake(() => memoryStore(options as object))
  const limit = 'a whole number, zero or more'

  test.each<[options: unknown, message: string]>([
    [3, 'expected an object of options, got 3'],
    [{ maxSize: 3 }, 'there is no option "maxSize"; there are maxBytes, maxEntries, now'],
    [{ maxBytes: -1 }, `maxBytes must be ${limit}; got -1`],
    [{ maxBytes: Number.NaN }, `maxBytes must be ${limit}; got NaN`],
    [{ maxEntries: Number.POSITIVE_INFINITY }, `maxEntries must be ${limit}; got Infinity`],
    [{ maxEntries: 1.5 }, `maxEntries must be ${limit}; got 1.5`],
    [{ maxEntries: '10' }, `maxEntries must be ${limit}; got a string`],
    [{ now: 5 }, 'now must be a function; got 5'],
  ])('%o', (options, message) => {
    expect(inMemoryStore(options)).toBe(`memoryStore(): ${message}`)
  })

  test('what is undefined is as if it were not there', () => {
    expect(memoryStore({ maxBytes: undefined, now: undefined } as never)).toHaveProperty('lookUp')
  })
})
