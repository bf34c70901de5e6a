/**
 * What is wrong with options of `redisCache()` and `openCache()` that cannot be meant: as `check-options.ts`, for where
 * the cache is kept and what counts for all of it.
 */

import {
  boolean,
  bytes,
  type Check,
  type Checks,
  callback,
  checkOptions,
  either,
  expecting,
  fault,
  foreignClient,
  isFunction,
  isObject,
  isZeroOrMore,
  kindOf,
  misplaced,
  named,
  objectOf,
  seconds,
  text,
  texts,
} from '../checking.ts'
import { ConfigError } from '../errors.ts'
import { checkCacheOptions, ofCache, refuseContext } from './check-options.ts'
import type { CacheOptions, ConnectionOptions, Near, RedisCacheOptions } from './options.ts'

const URL_EXPECTED = 'an http:// or https:// URL without quotes, spaces, credentials or query'

/** One with credentials `fetch` refuses, and behind a query the client would add its path. */
const isUrl = (value: unknown): boolean =>
  typeof value === 'string' && /^https?:\/\/[^\s?#@]+$/.test(value) && URL.canParse(value)

export const url: Check = (value) => {
  if (isUrl(value)) return null
  const isForSocket = typeof value === 'string' && /^rediss?:/.test(value)
  const socket = 'one for a socket; open it with a client, and give redis: { send(command) }'
  return fault(URL_EXPECTED, isForSocket ? socket : kindOf(value))
}

/** A header can carry it once it is trimmed. */
const isToken = (value: unknown): boolean => typeof value === 'string' && /^\s*[!-~]+\s*$/.test(value)

const REDIS = 'a Redis of @upstash/redis, or { send(command) }'
const redis: Check = (value) => {
  if (isFunction(value)) return fault(REDIS, 'a function; write { send }')
  const isOurs = isObject(value) && (isFunction(value.send) || isFunction(value.exec))
  return isOurs && !foreignClient(value) ? null : fault(REDIS, misplaced(value) ?? kindOf(value))
}

const STORE_METHODS = ['lookUp', 'begin', 'commit', 'clear', 'lease', 'release']
const store: Check = (value) => {
  const expected = 'a Store, such as memoryStore() gives'
  if (!isObject(value)) return fault(expected, kindOf(value))
  const missing = STORE_METHODS.filter((name) => !isFunction(value[name]))
  if (missing.length === 0) return null
  const client = isFunction(value.lookUp) ? null : misplaced(value, 'redis: ')
  return fault(expected, client ?? `an object without ${missing.join(', ')}`)
}

const milliseconds = expecting(
  'a number of milliseconds, more than zero',
  (value) => isZeroOrMore(value) && value > 0,
)
const TIMEOUT = 'a number of milliseconds, more than zero, or { read, write } of these'
const timeouts = objectOf(TIMEOUT, named({ read: milliseconds, write: milliseconds }))
const timeout = either(milliseconds, timeouts)

const NEAR = '{ seconds, maxBytes? }, such as { seconds: 5 }'
const nearMembers = objectOf(NEAR, named({ seconds, maxBytes: bytes }))
const near: Check = (value) => {
  const found = nearMembers(value)
  if (found) return found
  return (value as Partial<Near>).seconds === undefined ? fault(NEAR, 'an object without seconds') : null
}

const CONNECTION_CHECKS: Checks = {
  url,
  token: expecting('a string that is not empty, without spaces', isToken),
  redis,
  store,
  prefix: text,
  timeout,
  near,
}

const OPEN_CACHE_CHECKS: Checks = { ...CONNECTION_CHECKS, waitUntil: callback, onEvent: callback }

const REDIS_CACHE_CHECKS: Checks = {
  ...CONNECTION_CHECKS,
  enabled: expecting('true, false or a function', (value) => typeof value === 'boolean' || isFunction(value)),
  exclude: texts,
  statusKey: boolean,
  serverTiming: boolean,
  defaults: expecting('options of cache()', isObject),
  waitUntil: callback,
  onEvent: callback,
}

export function checkRedisCacheOptions(options: RedisCacheOptions): void {
  refuseContext(options, 'redisCache()')
  checkOptions(options, REDIS_CACHE_CHECKS, 'redisCache()', ofCache)
  checkTogether(options, 'redisCache()')
  const { defaults } = options
  if (!defaults) return
  checkCacheOptions(defaults, 'redisCache({ defaults })')
  if ((defaults as CacheOptions).key !== undefined)
    throw new ConfigError(
      'redisCache({ defaults }): all routes would share what has this key; give it to cache()',
    )
}

export function checkOpenCacheOptions(options: ConnectionOptions): void {
  checkOptions(options, OPEN_CACHE_CHECKS, 'openCache()')
  checkTogether(options, 'openCache()')
}

function checkTogether({ url, token, redis, store }: ConnectionOptions, where: string): void {
  const given = [url && 'url', redis && 'redis', store && 'store'].filter(Boolean)
  if (given.length > 1)
    throw new ConfigError(`${where}: ${given.join(' and ')} exclude each other; give one of them`)
  if ((url === undefined) !== (token === undefined))
    throw new ConfigError(`${where}: url and token need each other; give both`)
}
