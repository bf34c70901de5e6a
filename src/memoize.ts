/**
 * `memoize()`: the cache for plain functions.
 *
 * A memo is an entry like any other: the same look-up, scopes, fences and failing open. Its key is its name and its
 * arguments without its dependencies; its value is JSON, and comes back as JSON gives it whether it was stored or
 * not. Called inside a cached route, or in another memo, it hands its scopes on, and with its value its stamp.
 */

import type { Context } from 'hono'
import { atOnce } from './callbacks.ts'
import { checkMemoizeOptions } from './check-options.ts'
import { DEFAULT_NAMESPACE } from './clearing.ts'
import { begin, spoil, use } from './collect.ts'
import { commitKept } from './committing.ts'
import type { Connection } from './connect.ts'
import type { Entry } from './entry/entry.ts'
import { asMembers, remaining, residence, secondsToKeep } from './entry/freshness.ts'
import { ConfigError } from './errors.ts'
import type { Land } from './flights.ts'
import type { Usefulness } from './http/policy.ts'
import { mayReuse, mayStandIn, NO_DEMANDS } from './http/reuse.ts'
import { keepable } from './keep.ts'
import { md5 } from './key/md5.ts'
import { isPlainObject, plainCopy, plainText } from './key/plain.ts'
import { type Recollection, recall } from './recall.ts'
import { nameOf, type Subject, union } from './shape.ts'
import { mayTake } from './sharing.ts'
import { type Report, type RequestState, reportFailure, stateOf } from './state.ts'
import { hasTooManyTags, reportNotStored, tooManyTags } from './storable.ts'
import { EVERYTHING, entryName, keyScope, namespaceScope, tagScopes } from './store/scope.ts'

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
  /** Tags to clear by. Default none. */
  tags?: readonly string[] | ((args: Args) => readonly string[])
  /** Dependencies: arguments of these names are no part of the key, nor are those that `redisCache()` excludes. */
  exclude?: readonly string[]
}

const DEFAULT_EXPIRE = 60
/** Milliseconds that a call waits for a concurrent one of the same arguments. */
const COALESCE_MS = 2_000
const MOST_CHARACTERS = 1_048_576

/**
 * Caches the values of a function.
 *
 * @param compute takes one object of named arguments: a copy of them as they were at the call, but for what is
 * excluded. Its value must be JSON. `undefined` and errors are not stored.
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
export function memoize<Args extends object, Value>(
  compute: (args: Args) => Promise<Value> | Value,
  options: MemoizeOptions<Args>,
  // biome-ignore lint/suspicious/noExplicitAny: the Context of any app
): (c: Context<any, any, any>, args: Args) => Promise<Value> {
  checkMemoizeOptions(options)
  const { name, namespace = DEFAULT_NAMESPACE, tags = [], exclude = [] } = options
  const ownScopes = [EVERYTHING, namespaceScope(namespace), keyScope(namespace, name)]
  let warned = false

  /** `null` where a tag is none. */
  function scopesOf(args: Args): readonly string[] | null {
    try {
      const given = tagScopes(typeof tags === 'function' ? atOnce(tags(args)) : tags)
      return given && union(ownScopes, given)
    } catch {
      return null
    }
  }

  return async function memoized(c, args = {} as Args) {
    const state = stateOf(c)
    const excluded = [...exclude, ...(state?.options.exclude ?? [])]
    const text = memoText(namespace, name, args, excluded)
    // Computed behind a look-up, it must see what the key was made of, whatever the caller does meanwhile.
    const atCall = plainCopy(args, excluded)
    if (!state) {
      if (!warned) console.warn(`hono-redis-cache: memoize(${name}) without redisCache(): nothing is kept`)
      warned = true
      return fromText(toText(await compute(atCall)))
    }
    const report = (report: Report) => state.emit(report, `memoize ${name}`)
    const scopes = scopesOf(args)
    if (!scopes) {
      // What nobody could clear is not stored, nor is what is made of it.
      report({ type: 'bypass', reason: 'no-tag', detail: 'its tags are not all strings' })
      spoil(state.parts)
      return fromText(toText(await compute(atCall)))
    }
    // At the call, since a page may go on without the value: it throws, or takes too long.
    use(state.parts, scopes, null)
    const key = md5.hex(text)
    const subject: Subject = {
      namespace,
      key,
      name: entryName(namespace, key),
      text,
      scopes,
      valueOf: () => null,
    }
    const memo = { subject, state, use: useOf(options), report, compute: () => compute(atCall) }
    return (await lookUpOrCompute(memo)) as Value
  }
}

/** One call on its way. */
interface Memo {
  readonly subject: Subject
  readonly state: RequestState
  readonly use: Usefulness
  report(report: Report): void
  compute(): unknown
}

/** The value as JSON gives it; `undefined` where it has none. */
async function lookUpOrCompute(memo: Memo): Promise<unknown> {
  const { subject, state, report } = memo
  const { namespace, key } = subject
  const found = await lookUp(memo)
  if (!found) return fromText(toText(await memo.compute()))
  if (found.outcome !== 'found') return fromText(await share(memo, found))

  const { entry } = found
  const json = parsed(entry.body)
  if (!json) return fromText(await share(memo, { ...found, outcome: 'invalid' }))
  const now = Date.now()
  const ttl = remaining(entry, now)
  const reuse = mayReuse(entry, residence(entry, now), NO_DEMANDS)
  if (reuse.use === 'validate') {
    try {
      return fromText(await share(memo, found))
    } catch (error) {
      if (!mayStandIn(entry, residence(entry, now))) throw error
      report({ type: 'not-stored', reason: 'error', detail: 'stale-if-error' })
    }
  } else {
    report({ type: 'hit', namespace, key, ttl, milliseconds: found.milliseconds })
  }
  use(state.parts, entry.scopes, entry.stamp)
  // After that: the value that is replaced is no part of the one that replaces it.
  if (reuse.use === 'refresh') refresh(memo, found)
  return json.value
}

/** Takes what a concurrent call is making, or makes it for whoever calls meanwhile. */
async function share(memo: Memo, found: Found): Promise<string | undefined> {
  const { subject, state, report } = memo
  const { connection, outcome, milliseconds } = found
  const { namespace, key } = subject
  report({ type: 'miss', namespace, key, reason: outcome === 'found' ? 'stale' : outcome, milliseconds })
  // Nothing is awaited between this and `lead` where there is nobody to wait for.
  const waiting = connection.flights.join(nameOf(subject), COALESCE_MS)
  const cargo = waiting && (await waiting)
  if (cargo && mayTake(subject, found, cargo)) {
    report({ type: 'shared', namespace, key })
    use(state.parts, cargo.entry.scopes, cargo.entry.stamp)
    return cargo.entry.body as string
  }
  const land = connection.flights.lead(nameOf(subject), COALESCE_MS, connection.store.clears())
  try {
    return await make(memo, found, land)
  } finally {
    land?.(null)
  }
}

/** Makes the value and stores it behind the call. */
async function make(memo: Memo, { connection, stamp }: Found, land?: Land): Promise<string | undefined> {
  const { subject, state, report } = memo
  const parts = begin(state.parts, stamp)
  const started = Date.now()
  let value: string | undefined
  try {
    value = toText(await memo.compute())
  } finally {
    state.parts.delete(parts)
  }
  const made = Date.now()
  report({ type: 'handled', namespace: subject.namespace, status: 200, milliseconds: made - started })
  const scopes = union(subject.scopes, [...parts.scopes])
  use(state.parts, scopes, parts.stamp ?? stamp)
  if (value === undefined || memo.use.fresh === 0) report({ type: 'not-stored', reason: 'not-fresh' })
  else if (value.length > MOST_CHARACTERS) report({ type: 'not-stored', reason: 'too-large' })
  else if (parts.stamp === null) report({ type: 'not-stored', reason: 'lost' })
  else if (hasTooManyTags(scopes)) reportNotStored(memo, tooManyTags)
  else {
    const about = { stamp: parts.stamp, scopes, status: 200, headers: [], made, body: value }
    const kept = keepable(subject, { ...about, ...asMembers(memo.use) }, [], [])!
    land?.(kept)
    state.background(commitKept(connection, subject, kept, secondsToKeep(memo.use, false), report))
  }
  return value
}

/** Makes the value anew behind the answer, once at a time. */
function refresh(memo: Memo, found: Found): void {
  const { subject, state, report } = memo
  const done = found.connection.refreshes.begin(nameOf(subject))
  if (!done) return
  const refreshing = make(memo, found)
    .catch(() => report({ type: 'not-stored', reason: 'error', detail: 'refresh' }))
    .finally(done)
  state.background(refreshing)
}

type Found = Exclude<Recollection, { outcome: 'suspended' | 'unkeyed' }> & {
  readonly connection: Connection
  /** How long the look-up took. */
  readonly milliseconds: number
  /** How many clears this isolate had made when the call came. */
  readonly clears: number
}

/** `null`: a value can neither be had nor stored. */
async function lookUp({ subject, state, report }: Memo): Promise<Found | null> {
  const { connection } = state
  if (!connection || !isEnabled(state)) {
    report({ type: 'bypass', reason: connection ? 'disabled' : 'configuration' })
    return null
  }
  try {
    const asking = Date.now()
    const clears = connection.store.clears()
    const found = await recall(connection, subject)
    const milliseconds = Date.now() - asking
    if (found.outcome !== 'suspended' && found.outcome !== 'unkeyed')
      return { ...found, connection, milliseconds, clears }
    report({ type: 'bypass', reason: 'clear-pending' })
  } catch (cause) {
    report({ type: 'bypass', reason: 'store', detail: reportFailure('look-up', cause, report) })
  }
  return null
}

function isEnabled({ enabled }: RequestState): boolean {
  try {
    return enabled()
  } catch {
    return false
  }
}

const useOf = <Args>({
  expire = DEFAULT_EXPIRE,
  staleWhileRevalidate = 0,
  staleIfError = 0,
}: MemoizeOptions<Args>): Usefulness => ({
  fresh: expire,
  age: 0,
  staleWhileRevalidate,
  staleIfError,
  validate: false,
  strict: false,
})

/** The canonical text of a call: never that of a request, which begins with a method or `key`. */
function memoText(namespace: string, name: string, args: object, exclude: readonly string[]): string {
  // What has members of another kind, or none, such as an array, a Map or a number, would share the keys of others.
  if (typeof args !== 'object' || args === null || !isPlainObject(args)) {
    throw new ConfigError(
      `memoize(${name}): the arguments must be one plain object; give each a name in it, such as { id }`,
    )
  }
  const keyed: [string, string][] = []
  for (const argument of Object.keys(args).sort()) {
    if (exclude.includes(argument)) continue
    const text = plainText((args as Record<string, unknown>)[argument])
    if (text === undefined) {
      throw new ConfigError(
        `memoize(${name}): the argument ${argument} is no plain value and cannot be part of the key; ` +
          `if it is a dependency, leave it out with exclude: ['${argument}']`,
      )
    }
    // To a function that takes its arguments by name, one that is undefined is one that is not given.
    if (text !== 'undefined') keyed.push([argument, text])
  }
  return JSON.stringify(['memo', namespace, name, keyed])
}

const toText = (value: unknown): string | undefined => JSON.stringify(value)

/** What is stored; `null` where it is no JSON: somebody else may have written there. */
function parsed(body: Entry['body']): { value: unknown } | null {
  try {
    return typeof body === 'string' ? { value: JSON.parse(body) } : null
  } catch {
    return null
  }
}

const fromText = (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text))
