/**
 * `memoize()`: the cache for plain functions.
 *
 * A memo is an entry like any other: the same look-up, scopes, fences and failing open. Its key is its name and its
 * arguments without its dependencies; its value is JSON, and comes back as JSON gives it whether it was stored or
 * not. Called inside a cached route, or in another memo, it hands its scopes on, and with its value its stamp.
 */

import type { Context } from 'hono'
import type { JSONParsed } from 'hono/utils/types'
import { atOnce, mistakeOf } from '../callbacks.ts'
import { ConfigError } from '../errors.ts'
import { md5 } from '../key/md5.ts'
import { union } from '../key/names.ts'
import { argumentText, hasMembers, isPlainObject, plainCopy } from '../key/plain.ts'
import type { Subject } from '../key/subject.ts'
import { checkMemoize } from '../options/check-options.ts'
import { DEFAULT_NAMESPACE } from '../options/clearing.ts'
import { spoil, use } from '../protocol/collect.ts'
import { NO_TAG, type Refusal } from '../request/describe.ts'
import { type Report, stateOf, withoutState } from '../state.ts'
import { EVERYTHING, entryName, keyScope, namespaceScope, tagScopes } from '../store/scope.ts'
import { asJson, recallOrCompute } from './memo.ts'

/** Options of `memoize()`. */
export interface MemoizeOptions<Args> {
  /** Names the function in its keys. It can be cleared by it, too: `clear({ key: name, namespace })`. */
  name: string
  /** Seconds fresh. Default 60. */
  expire?: number
  /** Seconds past freshness in which the stale value is given at once and made anew behind it. Default 0. */
  staleWhileRevalidate?: number
  /** Seconds past freshness in which the stale value stands in for an error. Default 0. */
  staleIfError?: number
  /** A logical group, cleared as one. Default `'default'`. */
  namespace?: string
  /** Tags to clear by. No tag where one is due: the value is not stored. Default none. */
  tags?: readonly string[] | ((args: Args) => readonly (string | null | undefined)[])
  /** Dependencies: arguments of these names are no part of the key, nor are those that `redisCache()` excludes. */
  exclude?: readonly string[]
}

/** A value as JSON gives it back: a `Date` is a string. */
export type Memoized<Value> = unknown extends Value
  ? Value
  : Value extends void
    ? undefined
    : JSONParsed<Value>

const DEFAULT_EXPIRE = 60

/**
 * Caches the values of a function.
 *
 * @param compute takes one object of named arguments: a copy of them as they were at the call, but for what is
 * excluded. Its value must be JSON. `undefined`, errors and values of over 1,048,576 characters are not stored.
 * @param options see {@link MemoizeOptions}
 * @returns the function, to be called with the Context and the arguments. It rejects as `compute` does, and with a
 * TypeError where the arguments are no plain object, or one of them is no plain value and not excluded.
 * @throws {TypeError} for a mistake in the options
 * @example
 * ```ts
 * const getProduct = memoize(async ({ id, db }: { id: string; db: Database }) => db.load(id), {
 *   name: 'getProduct', expire: 300, tags: ({ id }) => [`product:${id}`], exclude: ['db'],
 * })
 * app.get('/products/:id', async (c) => c.json(await getProduct(c, { id: c.req.param('id'), db: c.get('db') })))
 * ```
 */
// What can be iterated, such as an array or a Map, has no arguments by name.
export function memoize<Args extends object & { readonly [Symbol.iterator]?: never }, Value>(
  compute: (args: Args) => Promise<Value> | Value,
  options: MemoizeOptions<Args>,
): (
  // biome-ignore lint/suspicious/noExplicitAny: the Context of any app
  c: Context<any, any, any>,
  ...args: object extends Args ? [args?: Args] : [args: Args]
) => Promise<Memoized<Value>> {
  checkMemoize(compute, options)
  const { name, namespace = DEFAULT_NAMESPACE, tags = [], exclude = [] } = options
  const { expire = DEFAULT_EXPIRE, staleWhileRevalidate = 0, staleIfError = 0 } = options
  const ownScopes = [EVERYTHING, namespaceScope(namespace), keyScope(namespace, name)]
  const warn = withoutState(`memoize(${name})`)

  /** What clears the value, or why nothing would. */
  function scopesOf(args: Args): readonly string[] | Refusal {
    try {
      const given = tagScopes(typeof tags === 'function' ? atOnce(tags(args)) : tags)
      if (given) return union(ownScopes, given)
      return { reason: 'no-tag', detail: NO_TAG }
    } catch (cause) {
      return { reason: 'configuration', detail: mistakeOf('tags', cause) }
    }
  }

  return async function memoized(c, args: Args = {} as Args) {
    const state = stateOf(c)
    const excluded = [...exclude, ...(state?.options.exclude ?? [])]
    const text = memoText(namespace, name, args, excluded)
    // Computed behind a look-up, it must see what the key was made of, whatever the caller does meanwhile.
    const atCall = plainCopy(args, excluded)
    if (!state) {
      // Untyped code forgets the Context easily, and the function would run without arguments.
      if (!(c instanceof Object && 'req' in c))
        throw new ConfigError(`memoize(${name}): call it with the Context and the arguments: (c, { id })`)
      warn()
      return asJson(await compute(atCall))
    }
    const report = (report: Report) => state.emit(report, `memoize ${name}`)
    const scopes = scopesOf(args)
    if ('reason' in scopes) {
      // What nobody could clear is not stored, nor is what is made of it.
      report({ type: 'bypass', ...scopes })
      spoil(state.parts)
      return asJson(await compute(atCall))
    }
    // At the call, since a page may go on without the value: it throws, or takes too long.
    use(state.parts, state.connection, { scopes, stamp: null })
    const key = md5.hex(text)
    const subject: Subject = {
      namespace,
      key,
      name: entryName(namespace, key),
      text,
      scopes,
      valueOf: () => null,
    }
    const memo = {
      subject,
      state,
      use: { fresh: expire, age: 0, staleWhileRevalidate, staleIfError },
      report,
      compute: () => compute(atCall),
      abandoned: () => Object.values(atCall).some((value) => value instanceof AbortSignal && value.aborted),
    }
    return (await recallOrCompute(memo)) as Memoized<Value>
  }
}

/** The canonical text of a call: never that of a request, which begins with a method or `key`. */
function memoText(namespace: string, name: string, args: object, exclude: readonly string[]): string {
  // What has members of another kind, or none, such as an array, a Map or a number, would share the keys of others.
  if (!hasMembers(args) || !isPlainObject(args)) {
    throw new ConfigError(`memoize(${name}): the arguments must be one plain object, such as { id }`)
  }
  const keyed: [string, string][] = []
  for (const argument of Object.keys(args).sort()) {
    if (exclude.includes(argument)) continue
    const text = argumentText((args as Record<string, unknown>)[argument])
    if (text === undefined) {
      throw new ConfigError(
        `memoize(${name}): the argument ${argument} is no plain value; ` +
          `if it is a dependency, the same for every caller, leave it out with exclude: ['${argument}'], ` +
          'else give what is needed of it as a plain value, such as an id',
      )
    }
    // To a function that takes its arguments by name, one that is undefined is one that is not given.
    if (text !== 'undefined') keyed.push([argument, text])
  }
  return JSON.stringify(['memo', namespace, name, keyed])
}
