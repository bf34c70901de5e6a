/**
 * The options: what there is, what each means, its default and its unit. What is wrong with one that cannot be
 * meant is in `check-options.ts` and `check-connection.ts`.
 */

import type { Context, Env } from 'hono'
import type { CacheEvent } from '../events.ts'
import type { QueryRule } from '../key/canonical.ts'
import type { Send } from '../store/redis.ts'
import type { Store } from '../store/store.ts'

/** Seconds fresh, or a function that gives them for one response, which it is shown without its body. */
export type Seconds<C> = number | ((c: C, res: Response) => number)

/** What else of a request is part of the key. */
export interface Vary {
  /** Request headers. Default none. */
  headers?: readonly string[]
  /** Cookies; the handler sees these and no others. Default none. */
  cookies?: readonly string[]
  /** Context variables, or paths inside them such as `user.id`. Default none. */
  vars?: readonly string[]
  /** Headers that `vars` stand for: your statement that who they identify is all that the route takes from them. */
  covers?: readonly string[]
}

/** Options of `cache()`. */
export interface CacheOptions<E extends Env = Env, P extends string = string> {
  /**
   * Seconds fresh. Default 60; none in `standard`. A number or a function counts for status 200 alone; an object names
   * each status that is stored: `{ 200: 300, 404: 10 }`. Only `s-maxage`, `CDN-Cache-Control` or `Surrogate-Control` of
   * the response beats it.
   */
  expire?: Seconds<Context<E, P>> | Readonly<Record<number, Seconds<Context<E, P>>>>
  /** A logical group, cleared as one. Default `'default'`. */
  namespace?: string
  /** A static key in place of the generated one: your claim that nothing of the URL matters. */
  key?: string
  /** A key made from the request, likewise. No key: the request is not cached. */
  keyBuilder?: (c: Context<E, P>) => string | null | undefined | Promise<string | null | undefined>
  /** Methods that are cached. Default `['GET', 'HEAD']`. With `QUERY` or `POST` the body is part of the key. */
  methods?: readonly ('GET' | 'HEAD' | 'POST' | 'QUERY')[]
  /** Which query parameters are part of the key: `false`, `{ only: […] }`, `{ ignore: […] }`. Default `true`: all. */
  query?: QueryRule
  /** What else is part of the key. An array means headers. Default nothing. */
  vary?: readonly string[] | Vary
  /**
   * How the cache treats responses. Default `'safe'`: only what this route names is stored. `'standard'`: a shared
   * cache as RFC 9111 has it, for a handler that proxies or sets its own headers.
   */
  policy?: 'safe' | 'standard'
  /**
   * Seconds past freshness in which the stale response is given at once and refreshed behind it. Default 0. The
   * response's own `stale-while-revalidate` beats it, and `must-revalidate` and the like forbid it.
   */
  staleWhileRevalidate?: number
  /** Seconds past freshness in which the stale response stands in for an error. Default 0. Likewise. */
  staleIfError?: number
  /**
   * `Cache-Control` for browsers and CDNs, on what this cache gives out. Default: the handler's own. A copy of theirs
   * cannot be cleared from here.
   */
  cacheControl?: string
  /** Of concurrent misses of one key in one isolate, runs the handler once for all. Default `true`. */
  coalesce?: boolean
  /** Seconds that a request waits for another one's answer, before it runs the handler itself. Default 2. */
  coalesceWait?: number
  /**
   * Of concurrent misses of one key in many isolates, lets one run the handler, for one command more on a miss. Others
   * wait for it as `coalesceWait` says. Default `false`.
   */
  lease?: boolean
  /** A hit past this share of its life, more than 0 and up to 1, is refreshed behind the answer. Default: none is. */
  refreshAhead?: number
  /** Shortens the life of each entry by a random share of up to this, from 0 to 1. Default 0. */
  jitter?: number
  /**
   * The end of a response waits until it is stored, for a client that asks again at once; no longer than
   * `timeout.write` for the store. Default `false`.
   */
  awaitStore?: boolean
  /**
   * Observes what the rest of the route reads, and keys on it. Default `true`; `false` in `standard`, for a handler
   * that speaks HTTP itself and sets its own `Vary`.
   */
  autoVary?: boolean
  /** Tags to clear by, at most 64. No tag where one is due: the request is not cached. Default none. */
  tags?: readonly string[] | ((c: Context<E, P>) => readonly (string | null | undefined)[])
  /** `false` leaves this request alone. Default: never. */
  when?: (c: Context<E, P>) => boolean
  /** `false` keeps this response out; its body is not shown. Default: never. */
  storeWhen?: (c: Context<E, P>, res: Response) => boolean
  /** Makes an ETag for stored responses that lack one. Default `true`. */
  etag?: boolean
  /** Larger bodies stream through unstored, as do those that take more than a minute. Default 1,048,576 bytes. */
  maxBodyBytes?: number
}

/** Milliseconds that a store call may take. */
export type Timeout = number | { readonly read?: number; readonly write?: number }

/** An `@upstash/redis` client: its `exec` sends one raw command. */
export interface UpstashClient {
  exec(command: [string, ...(string | number)[]]): Promise<unknown>
}

/** Copies of entries in this isolate. */
export interface Near {
  /**
   * For how long a hit costs nothing. After that a copy is looked up again, without its body. A clear made in another
   * isolate, or through a connection with other options, is seen after at most that long; 0: at once.
   */
  readonly seconds: number
  /** The most that is kept. Default 16,777,216 bytes. */
  readonly maxBytes?: number
}

/** Where the cache is kept. */
export interface ConnectionOptions {
  /** REST endpoint. Default: `UPSTASH_REDIS_REST_URL`, else `KV_REST_API_URL`, of the runtime's environment. */
  url?: string | undefined
  /** Its token. Default: `UPSTASH_REDIS_REST_TOKEN`, else `KV_REST_API_TOKEN`. */
  token?: string | undefined
  /** A client that you already have, or a function that sends one raw command. */
  redis?: UpstashClient | { send: Send }
  /** Where entries live, in place of Redis. */
  store?: Store
  /**
   * First segment of every Redis key, default `'cache'`; in any other `store` a part of its own. Give each mounted app
   * its own.
   */
  prefix?: string | undefined
  /** Milliseconds for each store call. Default `{ read: 500, write: 5000 }`; a number counts for both. */
  timeout?: Timeout
  /** Keeps copies of entries in the isolate. Default: none. */
  near?: Near
}

/** Options of `redisCache()`. */
export interface RedisCacheOptions extends ConnectionOptions {
  /** The kill switch. Default `true`. */
  enabled?: boolean | ((c: Context) => boolean)
  /**
   * Dependencies: context variables, and `memoize` arguments, of these names are no part of a key; a member that
   * `vary.vars` names is. Default none.
   */
  exclude?: readonly string[]
  /** Options of every `cache()` below but a `key`, which its own override. Default none. */
  // biome-ignore lint/suspicious/noExplicitAny: options for apps of any Env
  defaults?: Omit<CacheOptions<any, any>, 'key'>
  /** Names the key in `Cache-Status`. Default `false`. */
  statusKey?: boolean
  /** Says in `Server-Timing` how long the look-up and the handler took. Default `false`. */
  serverTiming?: boolean
  /** Keeps background work alive. Default: `c.executionCtx.waitUntil` where there is one. */
  waitUntil?: (promise: Promise<unknown>, c: Context) => void
  /** Every decision. Default: warnings to `console.warn`, each kind once per route. */
  onEvent?: (event: CacheEvent, c: Context) => void
}
