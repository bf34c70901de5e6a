/**
 * Options that cannot be meant, and what is said of them: a `Case` is the options, what was found, and what was
 * expected in its place.
 */
import { expect } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { cache, openCache, redisCache } from '../../src/index.ts'

/** What `build` throws; the mistakes are also mistakes of type, hence `object`. */
export function mistake(build: () => unknown): string {
  try {
    build()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toBeInstanceOf(TypeError)
    return (error as ConfigError).message
  }
  throw new Error('nothing was thrown')
}

export const inCache = (options: unknown) => mistake(() => cache(options as object))
export const inRedisCache = (options: unknown) => mistake(() => redisCache(options as object))
export const inOpenCache = (options: unknown) => mistake(() => openCache(options as object))

export type Case = readonly [options: object, found: string, expected: string]

export const kinds = (
  name: string,
  expected: string,
  ...values: readonly (readonly [value: unknown, found: string])[]
): Case[] => values.map(([value, found]) => [{ [name]: value }, found, `${name} must be ${expected}`])

/** The same, of a mistake inside an option: `at` says where it is. */
export const inside = (
  name: string,
  ...values: readonly (readonly [value: unknown, at: string, expected: string, found: string])[]
): Case[] =>
  values.map(([value, at, expected, found]) => [{ [name]: value }, found, `${at} must be ${expected}`])

export const text = 'a string that is not empty'
export const texts = 'an array of strings'
export const NO_TEXT: [unknown, string][] = [
  ['', 'an empty string'],
  [5, '5'],
  [null, 'null'],
  [[], 'an empty array'],
]
export const NO_FUNCTION: [unknown, string][] = [
  [true, 'true'],
  ['yes', 'a string'],
  [{}, 'an object'],
]
export const NO_TEXTS: [unknown, string][] = [
  ['a', 'a string'],
  [{}, 'an object'],
]
export const NO_TEXT_IN = (name: string): Case[] =>
  inside(name, [[1], `${name}[0]`, text, '1'], [['a', ''], `${name}[1]`, text, 'an empty string'])
