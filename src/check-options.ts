/**
 * What is wrong with options that cannot be meant. A mistake throws a `ConfigError` when the app is built: what was
 * found, what was expected. No value is ever quoted but for numbers and booleans: one of them is a token.
 */

import { ConfigError } from './errors.ts'
import type { ConnectionOptions, RedisCacheOptions } from './options.ts'

/** What is expected of a value, in words; `true` where it is as expected. */
type Check = (value: unknown) => true | string

const expecting =
  (words: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) || words

const isSeconds = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isFunction = (value: unknown): boolean => typeof value === 'function'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const hasOnly = (value: unknown, names: readonly string[], test: (member: unknown) => boolean): boolean =>
  isObject(value) && Object.entries(value).every(([name, member]) => names.includes(name) && test(member))
const isMs = (value: unknown): boolean => isSeconds(value) && (value as number) > 0

const isShare = (value: unknown): boolean => isSeconds(value) && (value as number) <= 1

const METHODS = ['GET', 'HEAD', 'POST', 'QUERY']
const boolean = expecting('true or false', (value) => typeof value === 'boolean')
const text = expecting('a string that is not empty', isText)
const texts = expecting('an array of strings', isTexts)
const callback = expecting('a function', isFunction)

const CACHE_CHECKS: Readonly<Record<string, Check>> = {
  expire: expecting(
    'seconds, zero or more: a number, a function, or an object of them by status',
    (value) =>
      isSeconds(value) ||
      isFunction(value) ||
      (isObject(value) &&
        Object.entries(value).every(
          ([status, seconds]) => /^[2-5]\d\d$/.test(status) && (isSeconds(seconds) || isFunction(seconds)),
        )),
  ),
  namespace: text,
  key: text,
  keyBuilder: callback,
  methods: expecting(
    `an array of ${METHODS.join(', ')}`,
    (value) => Array.isArray(value) && value.every((method) => METHODS.includes(method)),
  ),
  query: expecting(
    'true, false, { only: [names] } or { ignore: [names] }',
    (value) =>
      typeof value === 'boolean' ||
      (hasOnly(value, ['only', 'ignore'], isTexts) && Object.keys(value as object).length === 1),
  ),
  vary: expecting(
    'an array of header names, or { headers, cookies, vars, covers } with arrays of names',
    (value) => isTexts(value) || hasOnly(value, ['headers', 'cookies', 'vars', 'covers'], isTexts),
  ),
  policy: expecting("'safe' or 'standard'", (value) => value === 'safe' || value === 'standard'),
  staleWhileRevalidate: expecting('seconds, zero or more', isSeconds),
  staleIfError: expecting('seconds, zero or more', isSeconds),
  cacheControl: text,
  awaitStore: boolean,
  coalesce: boolean,
  lease: boolean,
  refreshAhead: expecting('a share, more than 0 and up to 1', (value) => isShare(value) && value !== 0),
  jitter: expecting('a share, from 0 to 1', isShare),
  coalesceWait: expecting('seconds, zero or more', isSeconds),
  autoVary: boolean,
  tags: expecting('an array of strings, or a function', (value) => isTexts(value) || isFunction(value)),
  when: callback,
  storeWhen: callback,
  etag: boolean,
  maxBodyBytes: expecting('a number of bytes, zero or more', isSeconds),
}

const CONNECTION_CHECKS: Readonly<Record<string, Check>> = {
  url: (value) => isUrl(value) || 'an http:// or https:// URL',
  token: text,
  redis: (value) => clientHint(value) ?? true,
  store: expecting(
    'a Store, such as memoryStore() gives',
    (value) =>
      isObject(value) && isFunction(value.lookUp) && isFunction(value.commit) && isFunction(value.clear),
  ),
  prefix: text,
  timeout: expecting(
    'milliseconds, more than zero: a number, or { read, write }',
    (value) => isMs(value) || hasOnly(value, ['read', 'write'], isMs),
  ),
  near: expecting(
    '{ seconds, maxBytes }: seconds and a number of bytes, zero or more; maxBytes may be left out',
    (value) => hasOnly(value, ['seconds', 'maxBytes'], isSeconds) && 'seconds' in (value as object),
  ),
}

const REDIS_CACHE_CHECKS: Readonly<Record<string, Check>> = {
  ...CONNECTION_CHECKS,
  enabled: expecting('true, false or a function', (value) => typeof value === 'boolean' || isFunction(value)),
  exclude: texts,
  statusKey: boolean,
  serverTiming: boolean,
  defaults: expecting('options of cache()', isObject),
  waitUntil: callback,
  onEvent: callback,
}

export function checkCacheOptions(options: object, where = 'cache()'): void {
  check(options, CACHE_CHECKS, where)
  if ('key' in options && 'keyBuilder' in options) {
    throw new ConfigError(`${where}: key and keyBuilder exclude each other; give one of them`)
  }
  if ((options as { lease?: boolean }).lease && (options as { coalesce?: boolean }).coalesce === false) {
    throw new ConfigError(
      `${where}: lease needs coalesce; the isolate that holds it answers for all of its own requests`,
    )
  }
  const { vary } = options as { vary?: { vars?: unknown[]; covers?: unknown[] } }
  if (vary?.covers && !vary.vars?.length) {
    throw new ConfigError(`${where}: vary.covers needs vary.vars, which say who stands for those headers`)
  }
}

const MEMOIZE_CHECKS: Readonly<Record<string, Check>> = {
  name: text,
  expire: expecting('seconds, zero or more', isSeconds),
  staleWhileRevalidate: expecting('seconds, zero or more', isSeconds),
  staleIfError: expecting('seconds, zero or more', isSeconds),
  namespace: text,
  tags: CACHE_CHECKS.tags!,
  exclude: texts,
}

export function checkMemoizeOptions(options: { name?: unknown }): void {
  check(options, MEMOIZE_CHECKS, 'memoize()')
  if (options.name === undefined) throw new ConfigError('memoize(): name is needed; it is part of the key')
}

export function checkRedisCacheOptions(options: RedisCacheOptions): void {
  check(options, REDIS_CACHE_CHECKS, 'redisCache()')
  checkConnection(options, 'redisCache()')
  if (options.defaults) checkCacheOptions(options.defaults, 'redisCache({ defaults })')
}

export function checkConnectionOptions(options: ConnectionOptions, where: string): void {
  check(options, { ...CONNECTION_CHECKS, waitUntil: callback }, where)
  checkConnection(options, where)
}

function checkConnection({ url, token, redis, store }: ConnectionOptions, where: string): void {
  const given = [url && 'url', redis && 'redis', store && 'store'].filter(Boolean)
  if (given.length > 1)
    throw new ConfigError(`${where}: ${given.join(' and ')} exclude each other; give one of them`)
  if (url !== undefined && token === undefined)
    throw new ConfigError(`${where}: url needs a token; give both`)
  if (token !== undefined && url === undefined)
    throw new ConfigError(`${where}: token needs a url; give both`)
}

export const isUrl = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^https?:\/\//.test(value) || value.trim() !== value) return false
  return URL.canParse(value)
}

/** What is wrong with a client, and the line that makes it right. */
function clientHint(client: unknown): string | null {
  const expected = 'a Redis of @upstash/redis, or { send(command) }'
  if (!isObject(client)) return expected
  // Both have methods of our names with another meaning.
  if (isFunction(client.call))
    return `${expected}; for ioredis: { send: ([name, ...args]) => redis.call(name, ...args) }`
  if (isFunction(client.sendCommand)) {
    return `${expected}; for node-redis: { send: (command) => redis.sendCommand(command.map(String)) }`
  }
  if (client.constructor?.name === 'RedisClient') {
    return `${expected}; for Bun: { send: ([name, ...args]) => redis.send(name, args.map(String)) }`
  }
  return isFunction(client.send) || isFunction(client.exec) ? null : expected
}

function check(options: unknown, checks: Readonly<Record<string, Check>>, where: string): void {
  // The promise of an async function has no options that could be wrong.
  if (!isObject(options) || options instanceof Promise)
    throw new ConfigError(`${where}: expected an object of options, got ${kindOf(options)}`)
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (!check) {
      throw new ConfigError(
        `${where}: there is no option "${name}"; there are ${Object.keys(checks).join(', ')}`,
      )
    }
    const verdict = check(value)
    if (value !== undefined && verdict !== true) {
      throw new ConfigError(`${where}: ${name} must be ${verdict}; got ${kindOf(value)}`)
    }
  }
}

/** A value for a message: numbers and booleans as they are, of anything else no more than its kind. */
function kindOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' || value === undefined ? `${typeof value}` : `a ${typeof value}`
}
