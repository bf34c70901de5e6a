/**
 * How options are checked: what a value must be, in words, and where inside it the mistake is. A mistake throws a
 * `ConfigError` that says what was expected and what was found. No value is ever quoted but for numbers and booleans:
 * one of them is a token.
 */

import { ConfigError } from './errors.ts'

/** What is wrong with a value. */
export interface Fault {
  /** Where inside it: `''`, `.headers`, `[1]`. */
  readonly at: string
  readonly expected: string
  readonly found: string
}

/** `null` where the value is as expected. */
export type Check = (value: unknown) => Fault | null

export type Checks = Readonly<Record<string, Check>>

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
export const isFunction = (value: unknown): boolean => typeof value === 'function'
export const isZeroOrMore = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const fault = (expected: string, found: string): Fault => ({ at: '', expected, found })

export const expecting =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) ? null : fault(expected, kindOf(value))

/** One of two checks passes; what the second has found counts. */
export const either =
  (one: Check, other: Check): Check =>
  (value) =>
    one(value) && other(value)

/** An array each of whose members passes. */
export const arrayOf =
  (expected: string, member: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return fault(expected, kindOf(value))
    // A hole is a member, too.
    for (const [i, one] of value.entries()) {
      const found = member(one)
      if (found) return { ...found, at: `[${i}]${found.at}` }
    }
    return null
  }

/** An object each of whose members has a check by its name, and passes it. */
export const objectOf =
  (expected: string, checkOf: (name: string) => Check | undefined): Check =>
  (value) => {
    if (!isObject(value)) return fault(expected, kindOf(value))
    for (const [name, member] of Object.entries(defined(value))) {
      const check = checkOf(name)
      if (!check) return fault(expected, `an object with a member "${name}"`)
      const found = check(member)
      if (found) return { ...found, at: `.${name}${found.at}` }
    }
    return null
  }

export const named =
  (checks: Checks) =>
  (name: string): Check | undefined =>
    Object.hasOwn(checks, name) ? checks[name] : undefined

export const boolean = expecting('true or false', (value) => typeof value === 'boolean')
export const text = expecting('a string that is not empty', isText)
export const texts = arrayOf('an array of strings', text)
export const callback = expecting('a function', isFunction)
export const seconds = expecting('a number of seconds, zero or more', isZeroOrMore)
export const bytes = expecting('a number of bytes, zero or more', isZeroOrMore)

/** What a client is that cannot be given as it is, and what to write; each has methods of our names that mean another. */
export function foreignClient(value: unknown, option = ''): string | null {
  if (!isObject(value)) return null
  const client = (of: string, send: string) => `a client of ${of}; write ${option}{ send: ${send} }`
  if (isFunction(value.call)) return client('ioredis', '([name, ...args]) => redis.call(name, ...args)')
  if (isFunction(value.sendCommand))
    return client('node-redis', '(command) => redis.sendCommand(command.map(String))')
  if (value.constructor?.name === 'RedisClient')
    return client('Bun', '([name, ...args]) => redis.send(name, args.map(String))')
  return null
}

/** The same of any client or store, where none is due. */
export function misplaced(value: unknown, option = ''): string | null {
  if (!isObject(value)) return null
  if (isFunction(value.lookUp)) return 'a Store; write { store }'
  const isUpstash = isFunction(value.exec) && isFunction(value.pipeline)
  const upstash = option ? `${option}redis` : '{ send: (command) => redis.exec(command) }'
  return foreignClient(value, option) ?? (isUpstash ? `a client of @upstash/redis; write ${upstash}` : null)
}

/** What is `undefined` is as if it were not there. */
export const defined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T

/**
 * @param elsewhere what is said of an option that there is none of here
 * @throws {ConfigError} for the first mistake, which `where` puts into its place
 */
export function checkOptions(
  options: unknown,
  checks: Checks,
  where: string,
  elsewhere?: (name: string) => string | undefined,
): void {
  const other = misplaced(options, checks.redis ? 'redis: ' : '')
  // The promise of an async function has no options that could be wrong.
  if (other || !isObject(options) || options instanceof Promise)
    throw new ConfigError(`${where}: expected an object of options, got ${other ?? kindOf(options)}`)
  for (const [name, value] of Object.entries(defined(options))) {
    const check = named(checks)(name)
    if (!check) {
      const remedy = elsewhere?.(name) ?? `there are ${Object.keys(checks).join(', ')}`
      throw new ConfigError(`${where}: there is no option "${name}"; ${remedy}`)
    }
    const wrong = check(value)
    if (wrong) {
      throw new ConfigError(`${where}: ${name}${wrong.at} must be ${wrong.expected}; got ${wrong.found}`)
    }
  }
}

/** A value for a message: numbers and booleans as they are, of anything else no more than its kind. */
export function kindOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === undefined) return 'undefined'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
