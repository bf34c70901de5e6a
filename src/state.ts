/**
 * What is known of one request, from `redisCache()` to the end of its body.
 *
 * It hangs on the Context by a symbol of our own, so that an app's variable of the name `cache` cannot shadow it. Not
 * in a WeakMap by Context: with one entry for each request, the garbage collector spends a fifth of the time of a hit
 * on it.
 */

import type { Context } from 'hono'
import { atOnce, tell } from './callbacks.ts'
import type { Connection } from './connect.ts'
import { type StoreFailure, toStoreError } from './errors.ts'
import type { CacheEvent, Where } from './events.ts'
import type { CacheHandle } from './handle.ts'
import type { Land } from './isolate/flights.ts'
import type { Subject } from './key/subject.ts'
import type { Reads } from './learn/reads.ts'
import type { RedisCacheOptions } from './options/options.ts'
import type { Route } from './options/route.ts'
import type { Making } from './protocol/collect.ts'
import type { Given } from './respond/selecting.ts'

/** An event as a room reports it: where it happened is added. */
export type Report = CacheEvent extends infer Event
  ? Event extends Where
    ? Omit<Event, keyof Where>
    : never
  : never

/** The options of one request, and the connection that they mean. */
export interface Opened {
  readonly options: RedisCacheOptions
  /** `null`: the configuration is wrong, so that nothing is cached. */
  readonly connection: Connection | null
  /** Whether a clear that the store confirms has reached everybody. */
  readonly certain: boolean
}

/** Who is answering a request. */
export interface Acting {
  /** The innermost `cache()` that has run; its own object, compared by identity. */
  claim: { readonly depth: number } | null
  /** Ends the flight that the request leads. */
  land?: Land | undefined
}

export interface RequestState extends Opened {
  /** The kill switch. Throws what the app's own function throws. */
  enabled(): boolean
  /** What the handler asked for about the response now being made: the scopes of its tags, and the reason to skip it. */
  readonly making: { readonly scopes: Set<string>; skipped: string | null }
  /** What is being made in this request, and of what. */
  readonly parts: Making
  readonly events: CacheEvent[]
  lookedUp: Subject | null
  /** Milliseconds, as far as they are known. */
  readonly timing: { lookUp?: number; handler?: number }
  /** What the response depends on, as far as it is known; named only where somebody asks. */
  depends: {
    readonly route: Route | null
    readonly recorded: readonly string[]
    reads: Reads | null
  }
  /** Shared with every other state of its Context: they are of one request, which one `cache()` answers. */
  readonly acting: Acting
  /** What `cache()` has answered with, as far as something is left to do with it. */
  given: Given | null
  /** What `redisCache()` has set as `c.get('cache')`. */
  handle: CacheHandle | null
  emit(report: Report, route: string): void
  /** Lets a promise run on after the response. */
  background(promise: Promise<unknown>): void
  /** The state of another Context that does a part of this request's work. */
  fork(c: Context): RequestState
}

/** Of one request; the oldest are forgotten first. */
const MOST_EVENTS = 1_000

export const STATE = Symbol('hono-redis-cache')

type WithState = Context & { [STATE]?: RequestState }

export const stateOf = (c: WithState): RequestState | undefined => c[STATE]

/** What to call where there is no state: the first time, it says so to whoever runs the app. */
export function withoutState(what: string): () => void {
  let said = false
  return () => {
    if (!said)
      tell(() => console.warn(`hono-redis-cache: ${what} without redisCache() above it: nothing is cached`))
    said = true
  }
}

/**
 * @param outer that of a `redisCache()` above, or of the Context that this one works for: what is asked of this one is
 *   about the response which that one is making
 */
export function createState(
  c: WithState,
  opened: Opened,
  onEvent: NonNullable<RedisCacheOptions['onEvent']>,
  outer = c[STATE],
): RequestState {
  const { options, connection, certain } = opened
  const state: RequestState = {
    options,
    connection,
    certain,
    parts: outer?.parts ?? new Set(),
    making: outer?.making ?? { scopes: new Set(), skipped: null },
    events: [],
    lookedUp: null,
    timing: {},
    depends: { route: null, recorded: [], reads: null },
    acting: c[STATE]?.acting ?? { claim: outer?.acting.claim ?? null },
    given: null,
    handle: outer?.handle ?? null,
    enabled: () =>
      typeof options.enabled === 'function' ? atOnce(options.enabled(c)) : (options.enabled ?? true),
    emit(report, route) {
      const event = { ...report, method: c.req.method, route } as CacheEvent
      state.events.push(event)
      // A body that runs for hours may call a memo all the time.
      if (state.events.length > MOST_EVENTS) state.events.shift()
      tell(() => onEvent(event, c))
    },
    // Handed to the platform, so that it may outlive the response.
    background: (promise) =>
      handOver(promise, (settled) =>
        options.waitUntil ? options.waitUntil(settled, c) : c.executionCtx.waitUntil(settled),
      ),
    fork: (other) => createState(other, opened, onEvent, state),
  }
  c[STATE] = state
  return state
}

/** Hands a promise to whoever keeps it alive. */
export function handOver(
  promise: Promise<unknown>,
  waitUntil: (settled: Promise<unknown>) => unknown = () => {},
): void {
  // No executionCtx, or one that is not called as it wants to be: the promise runs on by itself, on most platforms.
  tell(() => waitUntil(promise.catch(() => {})))
}

/** Reports a call to the store that failed, and says why it did. */
export function reportFailure(
  operation: Extract<CacheEvent, { type: 'store-failed' }>['operation'],
  cause: unknown,
  report: (report: Report) => void,
): StoreFailure {
  const { reason, breaker } = toStoreError(cause)
  report({ type: 'store-failed', operation, reason, ...(breaker && { breaker }) })
  return reason
}
