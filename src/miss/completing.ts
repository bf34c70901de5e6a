/**
 * The rest of a stored part (RFC 9111 §3.4): a request for the whole asks the handler for what is missing, and what
 * comes is joined where both are of one version. Where they are not, the handler is asked again, for all of it.
 */

import type { Context } from 'hono'
import { readBounded } from '../body.ts'
import { bytesOf, type Entry } from '../entry/entry.ts'
import { parseDate } from '../http/date.ts'
import { DIGESTS, type Field, fieldOf, headersBut, headersOf } from '../http/fields.ts'
import { complete, missing, type Part, partOf } from '../http/partial.ts'
import type { DatedValidators } from '../http/range.ts'
import { use } from '../protocol/collect.ts'
import { copyOf } from '../request/copying.ts'
import { requestForHandler } from '../request/for-handler.ts'
import { replaceResponse } from '../respond/saying.ts'
import type { Before, Visit } from '../visit.ts'
import { canReplay, type ReplayOptions, replay } from './replay.ts'
import { type Run, runHandler } from './run.ts'

/** For so long a client waits for the rest, of which it gets nothing until all is there. */
const MOST_MILLISECONDS = 2_000

/** The fields that ask for the rest of a part; none where the whole has to be asked for. */
export function fieldsForRest(visit: Visit, { method, headers }: Request, entry: Entry): Field[] {
  const { c, middleware, route } = visit
  const part = storedPart(entry)
  if (method !== 'GET' || headers.has('range') || !part) return []
  // Of what is larger the rest is no copy to make; and the whole can be streamed.
  if (part.total !== null && part.total > route.maxBodyBytes) return []
  const range = missing(part)
  // What cannot be joined has to be asked for again, which is not always possible.
  return range !== null && canReplay(c, c.req.routeIndex, middleware) ? [['range', range]] : []
}

/**
 * Makes a whole response of the rest that the handler gave, `c.res`, or of a second answer of its.
 *
 * @param routeIndex that of our middleware, taken before `next()`
 * @param begun whether middleware above had begun a response then
 * @returns the run that the response is of
 */
export async function completeResponse(
  visit: Visit,
  routeIndex: number,
  before: Before,
  entry: Entry,
  run: Run,
  begun: boolean,
): Promise<Run> {
  const { c, connection, route, state } = visit
  const { res } = c
  const copy = await readBounded(res.body, route.maxBodyBytes, MOST_MILLISECONDS)
  const stored = storedPart(entry)
  const rest = 'bytes' in copy ? partOf(res.headers.get('content-range'), copy.bytes, null) : null
  const whole = stored && rest && complete(stored, { ...rest, ...datedValidatorsOf(res.headers) })
  if (whole) {
    // It is as old as the part, and whatever clears that clears it.
    use(state.parts, connection, entry)
    const headers = headersBut(res.headers, ['content-range', 'content-length', ...DIGESTS])
    replaceResponse(c, new Response(whole, { status: 200, headers }))
    return run
  }
  run.end()
  return askAgain(visit, routeIndex, before, { above: run.above, begun })
}

/** Lets the handler answer once more, for the whole: what it reads for that is what counts. */
async function askAgain(
  visit: Visit,
  routeIndex: number,
  before: Before,
  { above, begun }: Pick<ReplayOptions, 'above' | 'begun'>,
): Promise<Run> {
  const { c, asked, route, state } = visit
  const request = requestForHandler(copyOf(asked), route)
  // Hono gives what it makes of an error the fields of what is there: of the rest, its length would be among them. And
  // whoever does not wait for the answer is given this.
  replaceResponse(c, new Response(null, { status: 500, headers: above }))
  let run: Run | undefined
  await replay(c, routeIndex, {
    request,
    above,
    begun,
    async run(inner: Context, next) {
      const forked = state.fork(inner)
      const again: Visit = { ...visit, c: inner, asked: request, next, state: forked }
      run = await runHandler(again, before, request, above)
      state.depends.reads = run.reads
      // A clone, which streams on: the original is cancelled behind us.
      const { body } = inner.res.clone()
      replaceResponse(c, new Response(body, inner.res))
    },
  })
  return run!
}

function storedPart({ headers, body, range, made }: Entry): (Part & DatedValidators) | null {
  const part = partOf(fieldOf(headers, 'content-range'), bytesOf(body), range)
  if (!part) return null
  const { date, ...validators } = datedValidatorsOf(headersOf(headers))
  return { ...part, ...validators, date: date ?? made }
}

const datedValidatorsOf = (headers: Headers): DatedValidators => ({
  etag: headers.get('etag'),
  lastModified: headers.get('last-modified'),
  date: parseDate(headers.get('date')),
})
