/**
 * `redisCache()`: the middleware that opens the cache for a request, and `openCache()` for everything outside one.
 *
 * Nothing is global: the options belong to the Context. Options that are literal are checked when the app is built
 * and throw; those that come with a request, from a function or the environment, cannot be, and a mistake in them
 * is an event and an uncached request, never a 500.
 */

import type { Context, MiddlewareHandler } from 'hono'
import { getRuntimeKey } from 'hono/adapter'
import { mistakeOf, silence, tell } from './callbacks.ts'
import { connect } from './connect.ts'
import { ConfigError } from './errors.ts'
import { type CacheEvent, warnOnce } from './events.ts'
import { type CacheHandle, clearTarget, createHandle } from './handle.ts'
import { checkOpenCacheOptions, checkRedisCacheOptions } from './options/check-connection.ts'
import { credentials, runsManyIsolates } from './options/environment.ts'
import type { ConnectionOptions, RedisCacheOptions } from './options/options.ts'
import { matched } from './request/matched.ts'
import { giveSelection } from './respond/selecting.ts'
import { createState, handOver, type Opened, type Report } from './state.ts'
import { memoryStore } from './store/memory.ts'
import type { Store } from './store/store.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The cache of this request, set by `redisCache()`. */
    cache: CacheHandle
  }
}

interface Remarked extends Opened {
  /** What is wrong with the configuration, or worth knowing about it. */
  readonly remark?: string | undefined
}

/**
 * Opens the cache for the routes below: `c.get('cache')` clears it, `cache()` uses it.
 *
 * @param options see {@link RedisCacheOptions}; a function of the Context where they depend on the request
 * @throws {TypeError} for a mistake in literal options
 * @example
 * ```ts
 * const app = new Hono()
 * app.use(redisCache({ exclude: ['db'] }))
 * app.get('/products', cache({ expire: 300, namespace: 'catalog' }), (c) => c.json(products))
 * ```
 */
export function redisCache(
  options: RedisCacheOptions | ((c: Context) => RedisCacheOptions) = {},
): MiddlewareHandler {
  if (typeof options !== 'function') checkRedisCacheOptions(options)
  const warn = warnings()
  const open = opener()

  return async function redisCache(c, next) {
    const opened = open(c, options)
    const { connection, remark } = opened
    const state = createState(c, opened, opened.options.onEvent ?? warn)
    state.handle = createHandle(state, () => matched(c).at(-1)?.path ?? '')
    c.set('cache', state.handle)
    if (remark) state.emit({ type: 'misconfigured', detail: remark }, '')
    const retry = connection?.store.retry()
    if (retry) state.background(retry)
    await next()
    if (state.given) giveSelection(c, state.given)
  }
}

/** Options of {@link openCache}. */
export interface OpenCacheOptions extends ConnectionOptions {
  /** Keeps clears alive, and their retries. Default: nothing does; a script that is done ends before those. */
  waitUntil?: (promise: Promise<unknown>) => void
  /** Every clear, and every failure of one. Default: warnings to `console.warn`, each kind once. */
  onEvent?: (event: CacheEvent) => void
}

/**
 * The cache outside a request: for cron triggers, queues, scripts. It shares its connection, and so what it knows
 * of clears, with every `redisCache()` of the same configuration in this isolate.
 *
 * @param options where the cache is; else the environment says, as far as it can be read without a request
 * @throws {TypeError} for a mistake in the options, and where they and the environment name no store
 * @example
 * ```ts
 * export default {
 *   fetch: app.fetch,
 *   async scheduled(_event: unknown, env: Env, ctx: ExecutionContext) {
 *     const { clear } = openCache({
 *       url: env.UPSTASH_REDIS_REST_URL,
 *       token: env.UPSTASH_REDIS_REST_TOKEN,
 *       waitUntil: (promise) => ctx.waitUntil(promise),
 *     })
 *     await clear({ namespace: 'catalog' })
 *   },
 * }
 * ```
 */
export function openCache(options: OpenCacheOptions = {}): Pick<CacheHandle, 'clear'> {
  checkOpenCacheOptions(options)
  const { waitUntil, onEvent = warnings(), ...where } = options
  const found = namesStore(where) ? where : credentials()
  if (!found) {
    throw new ConfigError('openCache(): there is no store to clear; give url and token, redis, or store')
  }
  const connection = connect({ ...where, ...found })
  const background = (promise: Promise<unknown>) => handOver(promise, waitUntil)
  const report = (report: Report) => tell(() => onEvent({ ...report, method: '', route: '' } as CacheEvent))
  return {
    clear: (...target) => clearTarget(target, { connection, certain: true, background }, report),
  }
}

const warnings = () => warnOnce((message) => console.warn(message))

const namesStore = ({ url, redis, store }: ConnectionOptions): boolean => Boolean(url ?? redis ?? store)

const NO_REDIS =
  'no Redis is configured, so entries are kept in the memory of this process; ' +
  'set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN (Deno: --allow-env), or give url and token, redis, or store'

const NEW_EACH_TIME =
  'each of the last requests was given a new redis or store, which knows of no earlier clear or failure; ' +
  'make it once, and give the same one each time'

const MOST_NEW = 20

/** Notices a function that makes a client, or a store, with each request. */
function renewals(): (options: RedisCacheOptions) => boolean {
  const known = new WeakSet<object>()
  let inARow = 0
  return ({ redis, store }) => {
    const given = store ?? redis
    if (!given) return false
    inARow = known.has(given) ? 0 : inARow + 1
    known.add(given)
    return inARow === MOST_NEW
  }
}

/** Opens connections for one `redisCache()`, which keeps its last one and its own embedded store. */
function opener() {
  const isNewAgain = renewals()
  /** Of literal options. */
  let last: { opened: Remarked; env: unknown } | undefined
  let embedded: Store | undefined
  let runtime: string | undefined

  function openOptions(options: RedisCacheOptions, c: Context): Remarked {
    if (namesStore(options)) {
      const remark = isNewAgain(options) ? NEW_EACH_TIME : undefined
      return { options, connection: connect(options), certain: true, remark }
    }
    const found = credentials(c)
    if (found) return { options, connection: connect({ ...options, ...found }), certain: true }
    const remark = embedded ? undefined : NO_REDIS
    embedded ??= memoryStore()
    const connection = connect({ ...options, store: embedded })
    return { options, connection, certain: !runsManyIsolates(), remark }
  }

  return (c: Context, given: RedisCacheOptions | ((c: Context) => RedisCacheOptions)): Remarked => {
    const literal = typeof given !== 'function'
    // Workers hand the same `env` to every request of an isolate; elsewhere the environment is the process's.
    runtime ??= getRuntimeKey()
    const env = runtime === 'workerd' ? c.env : undefined
    if (last && last.env === env) return last.opened
    let options: RedisCacheOptions = literal ? given : {}
    try {
      if (!literal) {
        options = given(c)
        silence(options)
        checkRedisCacheOptions(options)
      }
      const opened = openOptions(options, c)
      if (literal) last = { opened: { ...opened, remark: undefined }, env }
      return opened
    } catch (cause) {
      // A message of ours quotes nothing; one of the app's own function might.
      const remark =
        cause instanceof ConfigError ? cause.message : mistakeOf('the function of redisCache()', cause)
      return { options: literal ? options : {}, connection: null, certain: false, remark }
    }
  }
}
