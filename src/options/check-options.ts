/**
 * What is wrong with options of `cache()` and `memoize()` that cannot be meant. A mistake throws a `ConfigError` when
 * the app is built.
 */

import {
  arrayOf,
  boolean,
  bytes,
  type Check,
  type Checks,
  callback,
  checkOptions,
  defined,
  either,
  expecting,
  fault,
  isFunction,
  isObject,
  isText,
  isZeroOrMore,
  kindOf,
  named,
  objectOf,
  seconds,
  text,
  texts,
} from '../checking.ts'
import { ConfigError } from '../errors.ts'
import { isFieldName } from '../http/fields.ts'
import { NEVER_STORED } from '../http/policy.ts'
import { MOST_TAGS } from '../store/scope.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'QUERY']
const FIELD_VALUE = /^[\t\x20-\x7e]+$/
const STATUS = /^[2-5]\d\d$/

const isShare = (value: unknown): boolean => isZeroOrMore(value) && value <= 1
const membersOf = (value: unknown): number => Object.keys(defined(value as object)).length
const notEmpty =
  (expected: string, check: Check): Check =>
  (value) =>
    isObject(value) && membersOf(value) === 0 ? fault(expected, 'an empty object') : check(value)

const secondsOfOne = expecting(
  'a number of seconds, zero or more, or a function',
  (value) => isZeroOrMore(value) || isFunction(value),
)
const neverStored = expecting('left out: such a response is never stored', () => false)
const checkOf = (status: string) => (NEVER_STORED.includes(Number(status)) ? neverStored : secondsOfOne)
const EXPIRE = 'a number of seconds, zero or more, a function, or an object of these by status'
const secondsByStatus = objectOf(EXPIRE, (name) => (STATUS.test(name) ? checkOf(name) : undefined))
const expire = either(secondsOfOne, notEmpty(EXPIRE, secondsByStatus))

const SOME_METHODS = `an array of ${METHODS.join(', ')}`
const someMethods = arrayOf(
  SOME_METHODS,
  expecting('GET, HEAD, POST or QUERY', (method) => METHODS.includes(method as string)),
)
const methods: Check = (value) =>
  Array.isArray(value) && value.length === 0 ? fault(SOME_METHODS, kindOf(value)) : someMethods(value)

const QUERY = 'true, false, { only: [names] } or { ignore: [names] }'
const parameters = objectOf(QUERY, named({ only: texts, ignore: texts }))
const oneOfThem: Check = (value) =>
  parameters(value) ?? (membersOf(value) > 1 ? fault(QUERY, kindOf(value)) : null)
const query = either(boolean, notEmpty(QUERY, oneOfThem))

const header = expecting(
  'the name of one header, such as accept-language',
  (value) => isText(value) && isFieldName(value),
)
const VARY = 'an array of header names, or { headers, cookies, vars, covers } of such arrays'
const headers = arrayOf('an array of strings', header)
const varyMembers = objectOf(VARY, named({ headers, cookies: texts, vars: texts, covers: headers }))
const vary: Check = (value) => (Array.isArray(value) ? headers(value) : varyMembers(value))

const TAGS = `an array of at most ${MOST_TAGS} strings, or a function`
const tagsOfAll = arrayOf(TAGS, text)
const notTooMany: Check = (value) => {
  const { length } = value as unknown[]
  return length > MOST_TAGS ? fault(TAGS, `${length} strings`) : null
}
const tags = either(callback, (value) => tagsOfAll(value) ?? notTooMany(value))

const CACHE_CHECKS: Checks = {
  expire,
  namespace: text,
  key: text,
  keyBuilder: callback,
  methods,
  query,
  vary,
  policy: expecting("'safe' or 'standard'", (value) => value === 'safe' || value === 'standard'),
  staleWhileRevalidate: seconds,
  staleIfError: seconds,
  cacheControl: expecting(
    'a field value in ASCII, such as max-age=60',
    (value) => isText(value) && FIELD_VALUE.test(value),
  ),
  awaitStore: boolean,
  coalesce: boolean,
  lease: boolean,
  refreshAhead: expecting('a share, more than 0 and up to 1', (value) => isShare(value) && value !== 0),
  jitter: expecting('a share, from 0 to 1', isShare),
  coalesceWait: seconds,
  autoVary: boolean,
  tags,
  when: callback,
  storeWhen: callback,
  etag: boolean,
  maxBodyBytes: bytes,
}

/** Said of an option of `cache()` that is given to `redisCache()`. */
export const ofCache = (name: string): string | undefined =>
  named(CACHE_CHECKS)(name) && 'it is one of cache(): give it there, or in defaults'

export function checkCacheOptions(given: object, where = 'cache()'): void {
  refuseContext(given, where)
  checkOptions(given, CACHE_CHECKS, where)
  const { key, keyBuilder, lease, coalesce, vary } = given as Record<string, unknown>
  if (key !== undefined && keyBuilder !== undefined)
    throw new ConfigError(`${where}: key and keyBuilder exclude each other; give one of them`)
  if (lease && coalesce === false)
    throw new ConfigError(`${where}: lease needs coalesce; leave out coalesce: false`)
  const { vars, covers } = (vary ?? {}) as { vars?: unknown[]; covers?: unknown[] }
  if (covers && !vars?.length)
    throw new ConfigError(`${where}: vary.covers needs vary.vars, which stand for those headers`)
}

/** A middleware that is handed to `app.use()` uncalled is given a Context for its options. */
export function refuseContext(options: unknown, where: string): void {
  if (isObject(options) && 'req' in options)
    throw new ConfigError(`${where}: this is a Context and not options; call it: app.use(${where})`)
}

const MEMOIZE_CHECKS: Checks = {
  name: text,
  expire: seconds,
  staleWhileRevalidate: seconds,
  staleIfError: seconds,
  namespace: text,
  tags,
  exclude: texts,
}

export function checkMemoize(compute: unknown, options: { name?: unknown }): void {
  if (!isFunction(compute))
    throw new ConfigError(`memoize(): expected a function and its options, got ${kindOf(compute)}`)
  checkOptions(options, MEMOIZE_CHECKS, 'memoize()')
  if (options.name === undefined) throw new ConfigError('memoize(): name is needed; it is part of the key')
}
