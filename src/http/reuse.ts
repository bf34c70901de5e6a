/**
 * May a stored response be used for this request, and how? (RFC 9111 §4)
 */

import { parseCacheControl, secondsOf } from './cache-control.ts'
import type { Usable } from './policy.ts'
import type { Profile } from './profile.ts'

/** What the request itself demands (§5.2.1). */
export interface Demands {
  /** Neither use nor store anything for it. */
  readonly noStore: boolean
  /** Validate first. */
  readonly noCache: boolean
  /** Answer from the store, or with 504. */
  readonly onlyIfCached: boolean
  /** The oldest age, the least freshness left, and the most staleness that it takes; `null` where it does not say. */
  readonly maxAge: number | null
  readonly minFresh: number | null
  readonly maxStale: number | null
}

/** Of a request that demands nothing. */
export const NO_DEMANDS: Demands = {
  noStore: false,
  noCache: false,
  onlyIfCached: false,
  maxAge: null,
  minFresh: null,
  maxStale: null,
}

export function demandsOf(request: Headers, { obeysRequest }: Profile): Demands {
  if (!obeysRequest) return NO_DEMANDS
  const field = request.get('cache-control')
  // "When the Cache-Control header field is not present in a request, caches MUST consider the no-cache request
  // pragma-directive as having the same effect as if Cache-Control: no-cache were present" (RFC 7234 §5.4)
  if (field === null)
    return /\bno-cache\b/i.test(request.get('pragma') ?? '') ? { ...NO_DEMANDS, noCache: true } : NO_DEMANDS
  const directives = parseCacheControl(field)
  return {
    noStore: directives.has('no-store'),
    noCache: directives.has('no-cache'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAge: secondsOf(directives, 'max-age'),
    minFresh: secondsOf(directives, 'min-fresh'),
    // "If no value is assigned to max-stale, then the client will accept a stale response of any age" (§5.2.1.2)
    maxStale:
      directives.get('max-stale') === null ? Number.POSITIVE_INFINITY : secondsOf(directives, 'max-stale'),
  }
}

/**
 * - `fresh`: as it is
 * - `stale`: as it is, because the client takes it so
 * - `refresh`: as it is, and refreshed behind the answer
 * - `validate`: only after the handler has been asked; `request` where the client wants it so
 */
export type Reuse =
  | { readonly use: 'fresh' | 'stale' | 'refresh' }
  | { readonly use: 'validate'; readonly because: 'stale' | 'request' }

/** @param resident seconds since it was stored */
export function mayReuse(stored: Usable, resident: number, demands: Demands): Reuse {
  const left = stored.fresh - resident
  if (stored.validate) return { use: 'validate', because: 'stale' }
  if (demands.noCache) return { use: 'validate', because: 'request' }
  if (demands.maxAge !== null && stored.age + resident > demands.maxAge)
    return { use: 'validate', because: 'request' }
  if (demands.minFresh !== null && left < demands.minFresh) return { use: 'validate', because: 'request' }
  if (left > 0) return { use: 'fresh' }
  if (stored.strict) return { use: 'validate', because: 'stale' }
  if (demands.maxStale !== null && -left <= demands.maxStale) return { use: 'stale' }
  if (isWithin(stored.staleWhileRevalidate, -left)) return { use: 'refresh' }
  return { use: 'validate', because: 'stale' }
}

/** Whether it may be used where the handler has failed (RFC 5861 §4). */
export const mayStandIn = (stored: Usable, resident: number): boolean =>
  !stored.strict && isWithin(stored.staleIfError, resident - stored.fresh)

/** Whether so many seconds past freshness are within that window. */
const isWithin = (window = 0, past: number): boolean => window > 0 && past <= window
