/**
 * The rest of a stored part (RFC 9111 §3.4): a request for the whole asks the handler for what is missing, and what
 * comes is joined where both are of one version. Where they are not, the handler is asked again, for all of it.
 */

import type { Context } from 'hono'
import { BODILESS, type Copy, readBounded } from './body.ts'
import { use } from './collect.ts'
import { copyOf } from './copying.ts'
import { bytesOf, type Entry } from './entry/entry.ts'
import { parseDate } from './http/date.ts'
import { type Field, fieldOf } from './http/fields.ts'
import { complete, missing, type Part, partOf } from './http/partial.ts'
import type { DatedValidators } from './http/range.ts'
import { canReplay, replay } from './replay.ts'
import { requestForHandler } from './request.ts'
import { replaceResponse } from './saying.ts'
import type { Visit } from './visit.ts'

/** The fields that ask for the rest of a part; none where the whole has to be asked for. */
export function fieldsForRest(visit: Visit, { method, headers }: Request, entry: Entry): Field[] {
  const part = storedPart(entry)
  if (method !== 'GET' || headers.has('range') || !part) return []
  const range = missing(part)
  // What cannot be joined has to be asked for again, which is not always possible.
  return range !== null &&
    canReplay(visit.c, visit.c.req.routeIndex, (handler) => handler === visit.middleware)
    ? [['range', range]]
    : []
}

/**
 * Makes a whole response of the rest that the handler gave, `c.res`, or of a second answer of its.
 *
 * @param routeIndex that of our middleware, taken before `next()`
 */
export async function completeResponse(visit: Visit, routeIndex: number, entry: Entry): Promise<void> {
  const { c, route, state } = visit
  const { res } = c
  const copy = await readBounded(res.body, route.maxBodyBytes)
  const stored = storedPart(entry)
  const rest = 'bytes' in copy ? partOf(res.headers.get('content-range'), copy.bytes, null) : null
  const whole = stored && rest && complete(stored, { ...rest, ...validatorsOf(res.headers) })
  if (whole) {
    // It is as old as the part, and whatever clears that clears it.
    use(state.parts, entry.scopes, entry.stamp)
    const headers = new Headers(res.headers)
    headers.delete('content-range')
    headers.delete('content-length')
    return replaceResponse(c, new Response(whole, { status: 200, headers }))
  }
  let second: Response | undefined
  await replay(c, routeIndex, {
    request: requestForHandler(copyOf(visit.asked), route),
    async run(inner: Context, next) {
      // What it is made of, it is made of in place of the first answer.
      state.fork(inner)
      await next()
      const body: Copy = await readBounded(inner.res.body, Number.POSITIVE_INFINITY)
      if ('bytes' in body)
        second = new Response(BODILESS.includes(inner.res.status) ? null : body.bytes, inner.res)
    },
  })
  if (second) replaceResponse(c, second)
}

function storedPart({ headers, body, range, made }: Entry): (Part & DatedValidators) | null {
  const part = partOf(fieldOf(headers, 'content-range'), bytesOf(body), range)
  if (!part) return null
  const all = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
  const { date, ...validators } = validatorsOf(all)
  return { ...part, ...validators, date: date ?? made }
}

const validatorsOf = (headers: Headers): DatedValidators => ({
  etag: headers.get('etag'),
  lastModified: headers.get('last-modified'),
  date: parseDate(headers.get('date')),
})
