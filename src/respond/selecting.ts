/**
 * What a client gets of a whole response: nothing where it has the same one, a part of it, or all.
 *
 * `cache()` answers with the whole, and `redisCache()` gives what was selected of it when all between the two are done:
 * they may have made another body, with the caller's name in it. Of that the entity tag and the range say nothing, and
 * the client gets it whole.
 */

import type { Context } from 'hono'
import { BODILESS } from '../body.ts'
import { bytesOf, type Entry } from '../entry/entry.ts'
import { isNotModified, type Validators } from '../http/conditional.ts'
import { parseDate } from '../http/date.ts'
import { DIGESTS, fieldOf, isContentField } from '../http/fields.ts'
import { isGetOrHead } from '../http/methods.ts'
import { partOf, slice } from '../http/partial.ts'
import { formatContentRange, ifRangeHolds, parseRange, resolve } from '../http/range.ts'
import { replaceResponse, setField } from './saying.ts'

interface Selection {
  readonly status: number
  readonly body: string | Uint8Array<ArrayBuffer> | null
  readonly contentRange?: string
}

/** What `cache()` has answered with. */
export interface Given {
  readonly response: Response
  /** What the client gets in the place of the whole. */
  readonly selection: Selection | null
  /** The entity tag of its body, where that was made here. */
  readonly ownEtag: string | null
  /** That of a body which is not sent, to a HEAD: of others the platform tells it. */
  readonly length?: number | undefined
}

/** The whole of an entry. */
export const wholeOf = ({ status, body, headers }: Entry): Selection => ({
  status,
  // An empty text would be given a type that the handler's response, of nothing, did not have.
  body: BODILESS.includes(status) || (body === '' && fieldOf(headers, 'content-type') === null) ? null : body,
})

/** `null`: the entry is a part, and the request is for something else. */
export function select({ method, headers: asked }: Request, entry: Entry): Selection | null {
  const { status, body, headers } = entry
  const whole = wholeOf(entry)
  // Preconditions and ranges count only where the answer without them is a success (RFC 9110 §13.2.1, §14.2).
  if ((status !== 200 && status !== 206) || !isGetOrHead(method)) return whole
  const etag = fieldOf(headers, 'etag')
  const lastModified = fieldOf(headers, 'last-modified')
  const isSame = hasSame(asked, { etag, lastModified })
  if (status === 200 && isSame) return NOTHING
  const field = method === 'GET' ? asked.get('range') : null
  if (field === null) return status === 206 ? null : whole
  const date = parseDate(fieldOf(headers, 'date')) ?? entry.made
  const range = ifRangeHolds(asked.get('if-range'), { etag, lastModified, date }) ? parseRange(field) : null
  if (status === 206) {
    const part = range && partOf(fieldOf(headers, 'content-range'), bytesOf(body), entry.range)
    const held = part && slice(part, range)
    if (!held) return null
    if (isSame) return NOTHING
    return { status: 206, body: held.body, contentRange: formatContentRange(held.range, held.range.total) }
  }
  if (!range) return whole
  const bytes = bytesOf(body)
  const span = resolve(range, bytes.length)
  const contentRange = formatContentRange(span, bytes.length)
  if (span === 'unsatisfiable') return { status: 416, body: null, contentRange }
  return { status: 206, body: bytes.subarray(span.first, span.last + 1), contentRange }
}

/** Of what the handler has just made: 304 where the client has the same one. */
export function selectMade(
  { method, headers: asked }: Request,
  { status, headers }: Response,
): Selection | null {
  if ((status !== 200 && status !== 206) || !isGetOrHead(method)) return null
  const validators = { etag: headers.get('etag'), lastModified: headers.get('last-modified') }
  return hasSame(asked, validators) ? NOTHING : null
}

/** The client has it. */
export const NOTHING: Selection = { status: 304, body: null }

function hasSame(asked: Headers, validators: Validators): boolean {
  const since = validators.lastModified === null ? null : asked.get('if-modified-since')
  return isNotModified(asked.get('if-none-match'), since, validators)
}

/** Gives the client what was selected of the response, unless somebody has made another one of it. */
export function giveSelection(c: Context, { response, selection, ownEtag, length }: Given): void {
  const { res } = c
  if (length !== undefined && !selection && isAround(response, res))
    setField(c, 'content-length', String(length))
  if (res === response && !selection) return
  // Somebody above has confirmed it as well, and has left out more fields than we do.
  const isConfirmed = res.status === 304 && selection?.status === 304
  if (!isConfirmed && !isAround(response, res)) {
    const isOurs = ownEtag !== null && res.headers.get('etag')?.endsWith(ownEtag)
    if (isOurs && res.status !== 304 && keepsBody()) setField(c, 'etag', null)
    return
  }
  if (!selection) return
  const { status, body, contentRange } = selection
  const headers = new Headers(res.headers)
  if (isConfirmed)
    for (const [name, value] of response.headers) if (!res.headers.has(name)) headers.append(name, value)
  if (status === 304 || status === 416)
    for (const name of [...headers.keys()]) if (isContentField(name)) headers.delete(name)
  for (const name of ['content-length', ...DIGESTS]) headers.delete(name)
  if (contentRange !== undefined) headers.set('content-range', contentRange)
  // Nobody reads it any more: whoever makes it may stop, once the copy has been read.
  res.body?.cancel().catch(() => {})
  replaceResponse(c, new Response(body, { status, headers }))
}

/** Whether a response is that one, or another around its body, as `c.header()` makes. */
const isAround = (response: Response, res: Response): boolean =>
  res === response || (res.status === response.status && res.body !== null && res.body === response.body)

/** Deno has another stream for a body that JavaScript has not made, each time that it is handed on. */
function keepsBody(): boolean {
  const { body } = new Response('text')
  return new Response(body).body === body
}

/** A body of which can be told that it is still the same. */
export const streamOf = (body: Entry['body']): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytesOf(body))
      controller.close()
    },
  })
