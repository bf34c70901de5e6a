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
  expecting,
  fault,
  isFunction,
  isObject,
  isZeroOrMore,
  kindOf,
  named,
  objectOf,
  seconds,
  text,
  texts,
} from '../checking.ts'
import { ConfigError } from '../errors.ts'
import { checkCacheOptions, refuseContext } from './check-options.ts'
import type { ConnectionOptions, RedisCacheOptions } from './options.ts'

export const isUrl = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^https?:\/\//.test(value) || value.trim() !== value) return false
  return URL.canParse(value)
}

/** A client, or the line that makes one of it. */
const redis: Check = (client) => {
  const expected = 'a Redis of @upstash/redis, or { send(command) }'
  const wrong = (line: string) => fault(expected + line, kindOf(client))
  if (!isObject(client)) return wrong('')
  // Both have methods of our names with another meaning.
  if (isFunction(client.call)) {
    return wrong('; for ioredis: { send: ([name, ...args]) => redis.call(name, ...args) }')
  }
  if (isFunction(client.sendCommand)) {
    return wrong('; for node-redis: { send: (command) => redis.sendCommand(command.map(String)) }')
  }
  if (client.constructor?.name === 'RedisClient') {
    return wrong('; for Bun: { send: ([name, ...args]) => redis.send(name, args.map(String)) }')
  }
  return isFunction(client.send) || isFunction(client.exec) ? null : wrong('')
}

const STORE_METHODS = ['lookUp', 'begin', 'commit', 'clear', 'lease', 'release']
const store: Check = (value) => {
  const expected = 'a Store, such as memoryStore() gives'
  if (!isObject(value)) return fault(expected, kindOf(value))
  const missing = STORE_METHODS.filter((name) => !isFunction(value[name]))
  return missing.length === 0 ? null : fault(expected, `an object without ${missing.join(', ')}`)
}

const milliseconds = expecting('milliseconds, more than zero', (value) => isZeroOrMore(value) && value > 0)
const TIMEOUT = 'milliseconds, more than zero: a number, or { read, write }'
const timeouts = objectOf(TIMEOUT, named({ read: milliseconds, write: milliseconds }))
const timeout: Check = (value) =>
  isObject(value) ? timeouts(value) : milliseconds(value) && fault(TIMEOUT, kindOf(value))

const NEAR = '{ seconds, maxBytes }: seconds and a number of bytes, zero or more; maxBytes may be left out'
const nearMembers = objectOf(NEAR, named({ seconds, maxBytes: bytes }))
const near: Check = (value) => {
  const found = nearMembers(value)
  if (found) return found
  return (value as { seconds?: unknown }).seconds === undefined
    ? fault(NEAR, 'an object without seconds')
    : null
}

const CONNECTION_CHECKS: Checks = {
  url: expecting('an http:// or https:// URL', isUrl),
  token: text,
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
  checkOptions(options, REDIS_CACHE_CHECKS, 'redisCache()')
  checkTogether(options, 'redisCache()')
  if (options.defaults) checkCacheOptions(options.defaults, 'redisCache({ defaults })')
}

export function checkOpenCacheOptions(options: ConnectionOptions): void {
  checkOptions(options, OPEN_CACHE_CHECKS, 'openCache()')
  checkTogether(options, 'openCache()')
}

function checkTogether({ url, token, redis, store }: ConnectionOptions, where: string): void {
  const given = [url && 'url', redis && 'redis', store && 'store'].filter(Boolean)
  if (given.length > 1)
    throw new ConfigError(`${where}: ${given.join(' and ')} exclude each other; give one of them`)
  if (url !== undefined && token === undefined)
    throw new ConfigError(`${where}: url needs a token; give both`)
  if (token !== undefined && url === undefined)
    throw new ConfigError(`${where}: token needs a url; give both`)
}
