/**
 * May a stored response be used for this request, and how? (RFC 9111 §4)
 */

import { type Directives, parseCacheControl, secondsOf } from './cache-control.ts'
import { type Usable, wasFresh } from './policy.ts'
import type { Profile } from './profile.ts'

/** Of a request that demands nothing. */
export const NO_DEMANDS: Directives = new Map()

/** Of one that wants one version and no other, as a download in parts does: only the origin knows whether it is there. */
const OF_ONE_VERSION: Directives = new Map([['no-store', null]])

/** What the request itself demands (§5.2.1). */
export function demandsOf(request: Headers, { obeysRequest }: Profile): Directives {
  if (!obeysRequest) return NO_DEMANDS
  if (request.has('if-match') || request.has('if-unmodified-since')) return OF_ONE_VERSION
  // "When the Cache-Control header field is not present in a request, caches MUST consider the no-cache request
  // pragma-directive as having the same effect as if Cache-Control: no-cache were present" (RFC 7234 §5.4)
  const implied = () => (/\bno-cache\b/i.test(request.get('pragma') ?? '') ? 'no-cache' : null)
  return parseCacheControl(request.get('cache-control') ?? implied())
}

/**
 * - `fresh`: as it is
 * - `stale`: as it is, because the client takes it so
 * - `refresh`: as it is, and refreshed behind the answer
 * - `validate`: only after the handler has been asked; `request` where the client wants it so
 */
type Reuse =
  | { readonly use: 'fresh' | 'stale' | 'refresh' }
  | { readonly use: 'validate'; readonly because: 'stale' | 'request' }

/** @param resident seconds since it was stored */
export function mayReuse(stored: Usable, resident: number, demands: Directives): Reuse {
  const left = stored.fresh - resident
  if (stored.validate) return { use: 'validate', because: 'stale' }
  if (wantsAnother(demands, stored.age + resident, left)) return { use: 'validate', because: 'request' }
  if (left > 0) return { use: 'fresh' }
  if (stored.strict) return { use: 'validate', because: 'stale' }
  if (wasFresh(stored) && acceptsStale(demands, -left)) return { use: 'stale' }
  if (isWithin(stored.staleWhileRevalidate, -left)) return { use: 'refresh' }
  return { use: 'validate', because: 'stale' }
}

/** Whether the client does not take what is of that age, and has so much freshness left. */
function wantsAnother(demands: Directives, age: number, left: number): boolean {
  const maxAge = secondsOf(demands, 'max-age')
  const minFresh = secondsOf(demands, 'min-fresh')
  return (
    demands.has('no-cache') || (maxAge !== null && age > maxAge) || (minFresh !== null && left < minFresh)
  )
}

/** Whether the client takes what is stale for so many seconds. */
function acceptsStale(demands: Directives, past: number): boolean {
  // "If no value is assigned to max-stale, then the client will accept a stale response of any age" (§5.2.1.2)
  if (demands.get('max-stale') === null) return true
  const maxStale = secondsOf(demands, 'max-stale')
  return maxStale !== null && past <= maxStale
}

/** Whether it may be used where the handler has failed (RFC 5861 §4). */
export const mayStandIn = (stored: Usable, resident: number): boolean =>
  !stored.strict && isWithin(stored.staleIfError, resident - stored.fresh)

/** Whether so many seconds past freshness are within that window. */
const isWithin = (window = 0, past: number): boolean => window > 0 && past <= window
