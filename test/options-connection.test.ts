/**
 * Options of a connection that cannot be meant, of `redisCache()` and of `openCache()`: which store, client or URL, and
 * what excludes each other. As in `options.test.ts`, the message is of use and never quotes a token.
 */
import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, test } from 'vitest'
import { memoryStore, redisCache, redisStore } from '../src/index.ts'
import {
  type Case,
  inOpenCache,
  inRedisCache,
  kinds,
  NO_FUNCTION,
  NO_TEXT,
  NO_TEXTS,
  text,
  texts,
} from './support/mistakes.ts'

const SECRET = 'AX-secret-token'
const URL = 'https://redis.example'
const STORE = memoryStore()

describe('redisCache()', () => {
  const url = 'an http:// or https:// URL'
  const ms = 'milliseconds, more than zero: a number, or { read, write }'
  const near = '{ seconds, maxBytes }: seconds and a number of bytes, zero or more; maxBytes may be left out'
  const store = 'a Store, such as memoryStore() gives'

  test.each<Case>([
    ...kinds(
      'url',
      url,
      ['redis.example', 'a string'],
      ['redis://redis.example', 'a string'],
      [' https://a', 'a string'],
      ['https://a\n', 'a string'],
    ),
    ...kinds('url', url, ['https://', 'a string'], ['', 'an empty string'], [5, '5']),
    ...kinds('token', text, ...NO_TEXT),
    ...kinds(
      'store',
      store,
      [{}, 'object'],
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
      ['1s', 'a string'],
      [{ read: 0 }, 'object'],
      [{ reads: 5 }, 'object'],
    ),
    ...kinds(
      'near',
      near,
      [10, '10'],
      [{}, 'object'],
      [{ seconds: -1 }, 'object'],
      [{ seconds: 10, maxBytes: '16 MiB' }, 'object'],
      [{ seconds: 10, bytes: 1 }, 'object'],
      [{ maxBytes: 1000 }, 'object'],
    ),
    ...kinds('exclude', texts, ...NO_TEXTS),
    ...kinds('enabled', 'true, false or a function', ['no', 'a string'], [0, '0']),
    ...kinds('defaults', 'options of cache()', [60, '60'], [[], 'an array']),
    ...kinds('waitUntil', 'a function', ...NO_FUNCTION),
    ...kinds('onEvent', 'a function', ...NO_FUNCTION),
  ])('%o', (options, found, expected) => {
    const message = inRedisCache(options)
    expect(message).toContain(expected)
    expect(message).toContain(`got ${found}`)
  })

  test.each<[string, object, string]>([
    ['two places', { url: URL, token: SECRET, store: STORE }, 'url and store exclude each other'],
    ['two others', { redis: { send: async () => null }, store: STORE }, 'redis and store exclude each other'],
    [
      'three',
      { url: URL, token: SECRET, redis: { send: async () => null }, store: STORE },
      'url and redis and store',
    ],
    ['a url without a token', { url: URL }, 'url needs a token; give both'],
    ['a token without a url', { token: SECRET }, 'token needs a url; give both'],
  ])('%s', (_, options, expected) => {
    expect(inRedisCache(options)).toContain(expected)
    expect(inOpenCache(options)).toContain(expected)
  })

  test.each<object>([
    {},
    { url: URL, token: SECRET },
    { url: 'http://127.0.0.1:8079', token: SECRET, prefix: 'shop', timeout: 250 },
    { redis: new Redis({ url: URL, token: SECRET }), timeout: { read: 100 } },
    { redis: { send: async () => null } },
    { store: STORE },
    { store: STORE, prefix: 'shop' },
    { store: STORE, near: { seconds: 0 } },
    { store: STORE, near: { seconds: 10, maxBytes: 1_000_000 } },
    { store: redisStore({ send: async () => null }) },
    { enabled: () => false, exclude: [], waitUntil: () => {}, onEvent: () => {} },
  ])('%o can be meant', (options) => {
    expect(redisCache(options)).toBeTypeOf('function')
  })

  test('a mistake of the function form is none when the app is built', () => {
    expect(redisCache(() => ({ url: 'nowhere' }))).toBeTypeOf('function')
  })
})

describe('a client of another kind, passed bare', () => {
  class RedisClient {
    send() {}
  }
  test.each<[string, object, string]>([
    [
      'ioredis',
      { call() {}, get() {}, exec() {} },
      '{ send: ([name, ...args]) => redis.call(name, ...args) }',
    ],
    [
      'node-redis',
      { sendCommand() {}, exec() {} },
      '{ send: (command) => redis.sendCommand(command.map(String)) }',
    ],
    ['Bun', new RedisClient(), '{ send: ([name, ...args]) => redis.send(name, args.map(String)) }'],
  ])('%s gets the line that makes it right', (name, client, line) => {
    expect(inRedisCache({ redis: client })).toContain(`for ${name}: ${line}`)
    expect(inOpenCache({ redis: client })).toContain(line)
  })

  test.each([{}, { get() {} }, 'redis://a', null, () => {}])('%o is no client at all', (client) => {
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
      'openCache(): url must be an http:// or https:// URL; got a string',
    )
    expect(inOpenCache({ waitUntil: 5 })).toContain('waitUntil must be a function')
  })

  test('has the options of a connection and no others', () => {
    expect(inOpenCache({ store: STORE, onEvent: () => {} })).toContain('there is no option "onEvent"')
  })

  test('with nowhere to clear says what to give', () => {
    expect(inOpenCache({})).toBe(
      'openCache(): there is no store to clear; give url and token, redis, or store',
    )
  })
})
