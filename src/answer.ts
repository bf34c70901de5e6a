/**
 * Answers a request from an entry.
 *
 * Assigned to `c.res`, with nothing returned: the response is built on what middleware above has prepared on the
 * Context, so that a request id, a cookie or CORS is this request's own and never the one that filled the cache.
 */

import { bytesOf, type Entry } from './entry/entry.ts'
import { residence } from './entry/freshness.ts'
import { type CacheStatus, formatCacheStatus } from './http/cache-status.ts'
import { isKeptBack } from './http/downstream.ts'
import { DIGESTS, fieldOf } from './http/fields.ts'
import type { Added } from './respond/record.ts'
import { responseOf } from './respond/respond.ts'
import { replaceResponse } from './respond/saying.ts'
import { select, streamOf, wholeOf } from './respond/selecting.ts'
import type { Visit } from './visit.ts'

/**
 * - `partial`: the entry holds a part, which is not what the request is for
 * - `damaged`: what is stored makes no response; only somebody else can have written it
 */
export type Answered = 'answered' | 'partial' | 'damaged'

/**
 * @param status what Cache-Status says beyond the time to live
 * @param above the fields that middleware above had set, where the handler has answered since: its own are not to be
 *   mixed in
 */
export function answer(
  { c, asked, state, at, route: { cacheControl } }: Visit,
  entry: Entry,
  now: number,
  status: CacheStatus,
  above?: Headers,
): Answered {
  const selection = select(asked, entry)
  if (!selection) return 'partial'
  // What is selected of what is stored is given last. A part of a part is all that there is.
  const later = selection.status !== entry.status ? selection : null
  const given = later ? wholeOf(entry) : selection
  const resident = residence(entry, now)
  const { contentRange } = given
  const stored =
    contentRange === undefined ? entry.headers : entry.headers.filter(([name]) => !DIGESTS.includes(name))
  const isReplaced =
    cacheControl !== undefined && !isKeptBack(entry.headers, above ?? c.newResponse(null).headers)
  const added: Added = {
    age: String(Math.floor(entry.age + resident)),
    'cache-status': formatCacheStatus({ ttl: entry.fresh - resident, ...status }),
    'content-range': contentRange,
    'cache-control': isReplaced ? cacheControl : undefined,
  }
  try {
    const body = later && given.body !== null ? streamOf(given.body) : given.body
    const response = responseOf(c, given.status, body, { stored, added }, above)
    replaceResponse(c, response)
    const ownEtag = entry.ownEtag ? fieldOf(entry.headers, 'etag') : null
    // Middleware above may code it for whoever takes that, but not for a HEAD: GET would have another length.
    const isTold = asked.method === 'HEAD' && !asked.headers.has('accept-encoding')
    const length = isTold && given.body !== null ? bytesOf(given.body).length : undefined
    state.given = { response, selection: later, ownEtag, length }
    // Middleware above finds the path and the parameters of the route that answers, as it would behind the handler.
    if (!above) c.req.routeIndex = at
    return 'answered'
  } catch {
    return 'damaged'
  }
}
