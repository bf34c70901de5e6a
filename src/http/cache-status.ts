/**
 * The Cache-Status member of this cache (RFC 9211): what it did with one request. Caches nearer to the origin come
 * first in the field, so ours is appended.
 */

export const CACHE_NAME = 'hono-redis-cache'

/** Why a request went on to the handler (§2.2). */
type Forwarded = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'request' | 'stale' | 'partial'

export interface CacheStatus {
  readonly fwd?: Forwarded
  /** Status of the handler's response, where it is not the one that is given (§2.3). */
  readonly forwardedStatus?: number
  /** Seconds of freshness left (§2.4). */
  readonly ttl?: number
  /** Whether the response is being stored (§2.5). */
  readonly stored?: boolean
  /** Whether the response was made for another request that came first (§2.6). */
  readonly collapsed?: boolean
  /** The key (§2.7). */
  readonly key?: string | undefined
  readonly detail?: string | undefined
}

export function formatCacheStatus(status: CacheStatus): string {
  const { fwd, forwardedStatus, ttl, stored, collapsed, key, detail } = status
  let member = fwd ? `${CACHE_NAME}; fwd=${fwd}` : `${CACHE_NAME}; hit`
  if (forwardedStatus !== undefined) member += `; fwd-status=${forwardedStatus}`
  if (ttl !== undefined) member += `; ttl=${Math.floor(ttl)}`
  if (stored) member += '; stored'
  if (collapsed) member += '; collapsed'
  if (key !== undefined) member += `; key=${quote(key)}`
  if (detail !== undefined) member += `; detail=${isToken(detail) ? detail : quote(detail)}`
  return member
}

const isToken = (text: string): boolean => /^[a-z*][\w!#$%&'*+\-.^`|~:/]*$/i.test(text)

/** A string of RFC 8941 §3.3.3: visible ASCII; what else a name may hold is left out. */
const quote = (text: string): string => `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')}"`
