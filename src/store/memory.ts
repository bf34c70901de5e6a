/**
 * The store in one process: the promises of `store.ts` with nothing to connect to.
 *
 * Values, fences and leases live in one bounded map, and whatever was used longest ago makes room: a lost fence
 * is a miss, as in Redis. The clock is not in the map, so it is never lost, and there is one epoch per store.
 * Methods run to their end at once; nothing expires by a timer but when it is looked at.
 */

import { type Checks, callback, checkOptions, expecting, isZeroOrMore } from '../checking.ts'
import { type BoundedMap, boundedMap, bytesOfTexts } from './bounded-map.ts'
import { fenceLifetime } from './lifetime.ts'
import { EVERYTHING } from './scope.ts'
import type { Commit, CommitOutcome, Query, Snapshot, Store } from './store.ts'
import { countOf, epochOf, passes, type Time, timeOf } from './time.ts'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * The most that is kept, in bytes: two for each UTF-16 unit of a name and its value, and 128 for keeping them.
   * An engine that stores Latin-1 text in single bytes uses about half. Default 64 MiB (`67_108_864`).
   */
  maxBytes?: number
  /** The most that is kept, in names: entries, fences (a few per route, one per tag) and leases. Default `10_000`. */
  maxEntries?: number
  /** The wall clock, in milliseconds. Default `Date.now`. */
  now?: () => number
}

const MIB = 1024 * 1024

const limit = expecting(
  'a whole number, zero or more',
  (value) => isZeroOrMore(value) && Number.isSafeInteger(value),
)
const CHECKS: Checks = { maxBytes: limit, maxEntries: limit, now: callback }

/**
 * A store that lives in this process and dies with it: for one server, for development, for tests.
 *
 * A clear reaches this process and no other. Where the platform runs many isolates, use Redis.
 *
 * @param options.maxBytes the most to keep, in bytes; default 64 MiB
 * @param options.maxEntries the most to keep, in names; default 10,000
 * @param options.now the wall clock, in milliseconds; default `Date.now`
 * @throws {TypeError} for a mistake in the options
 *
 * @example
 * ```ts
 * app.use(redisCache({ store: memoryStore({ maxBytes: 16 * 1024 * 1024 }) }))
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  checkOptions(options, CHECKS, 'memoryStore()')
  const { maxBytes = 64 * MIB, maxEntries = 10_000, now = () => Date.now() } = options

  const kept = expiring(boundedMap(maxBytes, maxEntries), now)
  let clock: Time | null = null

  const setFence = (scope: string, time: Time, seconds: number) => kept.set(scope, time, seconds * 1000)

  const create = (count: number): Time => {
    // Made on first use: workerd forbids randomness at module scope.
    const time = timeOf(crypto.randomUUID(), count)
    setFence(EVERYTHING, time, fenceLifetime(EVERYTHING))
    clock = time
    return time
  }

  return {
    async lookUp({ entries, scopes }: Query): Promise<Snapshot> {
      return { entries: entries.map(kept.get), clock, scopes, fences: scopes.map(kept.get) }
    },

    async begin(): Promise<Time> {
      return clock ?? create(0)
    },

    async commit({ stamp, scopes, writes }: Commit): Promise<CommitOutcome> {
      const current = clock
      if (current === null || !passes(current, stamp)) return 'lost'
      let cleared = false
      for (const scope of scopes) {
        const fence = kept.get(scope)
        const seconds = fenceLifetime(scope, writes)
        if (fence === null) setFence(scope, current, seconds)
        else kept.prolong(scope, seconds * 1000)
        if (!passes(stamp, fence ?? current)) cleared = true
      }
      if (cleared) return 'cleared'
      for (const { name, value, seconds } of writes) kept.set(name, value, seconds * 1000)
      return 'stored'
    },

    async clear(scopes: readonly string[]): Promise<Time> {
      const time = clock === null ? create(1) : timeOf(epochOf(clock)!, countOf(clock) + 1)
      clock = time
      for (const scope of scopes) setFence(scope, time, fenceLifetime(scope))
      return time
    },

    async lease(name: string, id: string, ms: number): Promise<boolean> {
      if (kept.get(name) !== null) return false
      kept.set(name, id, ms)
      return true
    },

    async release(name: string, id: string): Promise<void> {
      if (kept.get(name) === id) kept.delete(name)
    },
  }
}

interface Kept {
  readonly value: string
  /** Wall clock, in milliseconds. */
  until: number
}

/** Texts that expire, when they are looked at and not by a timer. */
function expiring(kept: BoundedMap<Kept>, now: () => number) {
  return {
    delete: kept.delete,

    get(name: string): string | null {
      const found = kept.get(name)
      if (!found) return null
      if (found.until > now()) return found.value
      kept.delete(name)
      return null
    },

    /** Lets a name that is there live at least so long from now. */
    prolong(name: string, ms: number): void {
      const found = kept.get(name)!
      found.until = Math.max(found.until, now() + ms)
    },

    set(name: string, value: string, ms: number): void {
      kept.set(name, { value, until: now() + ms }, bytesOfTexts(name, value))
    },
  }
}
