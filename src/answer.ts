/**
 * Answers a request from an entry: the whole, a part of it, 304 where the client has the same one, 416 where it asks
 * for bytes that there are not.
 *
 * Assigned to `c.res`, with nothing returned: the response is built on what middleware above has prepared on the
 * Context, so that a request id, a cookie or CORS is this request's own and never the one that filled the cache.
 */

import type { Context } from 'hono'
import { BODILESS } from './body.ts'
import { bytesOf, type Entry } from './entry/entry.ts'
import { residence } from './entry/freshness.ts'
import { type CacheStatus, formatCacheStatus } from './http/cache-status.ts'
import { isNotModified } from './http/conditional.ts'
import { parseDate } from './http/date.ts'
import { type Field, fieldOf, isContentField } from './http/fields.ts'
import { partOf, slice } from './http/partial.ts'
import { formatContentRange, ifRangeHolds, parseRange, resolve } from './http/range.ts'
import { responseOf } from './respond.ts'
import { replaceResponse } from './saying.ts'

/** What a client is given of an entry. */
interface Selection {
  readonly status: number
  readonly body: string | Uint8Array<ArrayBuffer> | null
  readonly contentRange?: string
}

/**
 * - `partial`: the entry holds a part, which is not what the request is for
 * - `damaged`: what is stored makes no response; only somebody else can have written it
 */
export type Answered = 'answered' | 'partial' | 'damaged'

/** How an entry is given out. */
export interface Giving {
  /** What Cache-Status says beyond the time to live. */
  readonly status?: CacheStatus
  /** `Cache-Control` in place of the handler's own. */
  readonly cacheControl?: string | undefined
  /** The fields that middleware above had set, where the handler has answered since: its own are not to be mixed in. */
  readonly above?: Headers
}

export function answer(
  c: Context,
  entry: Entry,
  now: number,
  { status, cacheControl, above }: Giving,
): Answered {
  const selection = select(c.req.raw, entry)
  if (!selection) return 'partial'
  const { body, contentRange } = selection
  const stored = fieldsOf(entry, selection)
  const resident = residence(entry, now)
  const added: Field[] = [
    ['age', String(Math.floor(entry.age + resident))],
    ['cache-status', formatCacheStatus({ ttl: entry.fresh - resident, ...status }), 'append'],
  ]
  if (contentRange !== undefined) added.push(['content-range', contentRange])
  if (cacheControl !== undefined) added.push(['cache-control', cacheControl])
  try {
    replaceResponse(c, responseOf(c, selection.status, body, { stored, added }, above))
    return 'answered'
  } catch {
    return 'damaged'
  }
}

/** `null`: the entry is a part, and the request is for something else. */
function select({ method, headers: asked }: Request, entry: Entry): Selection | null {
  const { status, body, headers } = entry
  const whole = { status, body: BODILESS.includes(status) ? null : body }
  // Preconditions and ranges count only where the answer without them is a success (RFC 9110 §13.2.1, §14.2).
  if ((status !== 200 && status !== 206) || (method !== 'GET' && method !== 'HEAD')) return whole
  const etag = fieldOf(headers, 'etag')
  const lastModified = fieldOf(headers, 'last-modified')
  const since = lastModified === null ? null : asked.get('if-modified-since')
  if (status === 200 && isNotModified(asked.get('if-none-match'), since, { etag, lastModified })) {
    return { status: 304, body: null }
  }
  const field = method === 'GET' ? asked.get('range') : null
  if (field === null) return status === 206 ? null : whole
  const date = parseDate(fieldOf(headers, 'date')) ?? entry.made
  const range = ifRangeHolds(asked.get('if-range'), { etag, lastModified, date }) ? parseRange(field) : null
  if (status === 206) {
    const part = range && partOf(fieldOf(headers, 'content-range'), bytesOf(body), entry.range)
    const held = part && slice(part, range)
    if (!held) return null
    return { status: 206, body: held.body, contentRange: formatContentRange(held.range, held.range.total) }
  }
  if (!range) return whole
  const bytes = bytesOf(body)
  const span = resolve(range, bytes.length)
  const contentRange = formatContentRange(span, bytes.length)
  if (span === 'unsatisfiable') return { status: 416, body: null, contentRange }
  return { status: 206, body: bytes.subarray(span.first, span.last + 1), contentRange }
}

function fieldsOf({ headers }: Entry, { status }: Selection): readonly Field[] {
  const whole = status !== 304 && status !== 416
  return whole ? headers : headers.filter(([name]) => !isContentField(name))
}

/** Turns the handler's own response into a 304 where the client has the same one. */
export function notModified(c: Context, asked: Headers): void {
  const { res } = c
  if (res.status !== 200) return
  const validators = { etag: res.headers.get('etag'), lastModified: res.headers.get('last-modified') }
  if (!isNotModified(asked.get('if-none-match'), asked.get('if-modified-since'), validators)) return
  const headers = new Headers(res.headers)
  for (const name of [...headers.keys()]) if (isContentField(name)) headers.delete(name)
  // Nobody reads it any more: whoever makes it may stop, once the copy has been read.
  res.body?.cancel().catch(() => {})
  replaceResponse(c, new Response(null, { status: 304, headers }))
}
