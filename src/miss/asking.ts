/**
 * Asks the handler: for a whole answer where nothing is stored, whether a stale one is still right where it can tell,
 * for the rest of a part. What it says is stored, renews what is stored, or, where it fails, is passed over for the
 * last good answer.
 */

import type { Context } from 'hono'
import { answer } from '../answer.ts'
import type { Entry } from '../entry/entry.ts'
import { residence } from '../entry/freshness.ts'
import { isValidatable, validatorsOf } from '../entry/validators.ts'
import type { CacheStatus } from '../http/cache-status.ts'
import type { Field } from '../http/fields.ts'
import { mayStandIn } from '../http/reuse.ts'
import { SURROGATE_CAPABILITY } from '../http/targeted.ts'
import { hasMembers } from '../key/plain.ts'
import { requestForHandler } from '../request/for-handler.ts'
import { say } from '../respond/saying.ts'
import { NOTHING, select, selectMade } from '../respond/selecting.ts'
import { type Before, forwarded, type Visit } from '../visit.ts'
import { tellNotStored } from './committing.ts'
import { completeResponse, fieldsForRest } from './completing.ts'
import { holdEnd } from './holding.ts'
import { commitRenewed, learnedFromHead, type Renewal, renewed } from './renewing.ts'
import { hasBegun } from './replay.ts'
import { fieldsAbove, hasGone, type Run, runHandler } from './run.ts'
import { abandoned, type NotStorable, sent } from './storable.ts'
import { storeResponse } from './storing.ts'

/** Lets the handler answer, or the entry where it confirms that or fails. */
export async function answerByHandler(visit: Visit, before: Before, entry: Entry | null): Promise<void> {
  const { c, asked, route } = visit
  // While this waited for another: nobody waits for it any more.
  if (c.finalized) return tellNotStored(visit, before, abandoned)
  const { routeIndex } = c.req
  const request = requestFor(visit, asked, entry)
  const above = fieldsAbove(c)
  const begun = entry?.status === 206 && hasBegun(c, above)
  const about = forwarded(visit, before)
  let run: Run
  try {
    run = await runHandler(visit, before, request, above)
    const isRest = entry?.status === 206 && !asked.headers.has('range') && visit.isInnermost() && c.finalized
    // A 416: there is no rest any more.
    if (isRest && [206, 416].includes(c.res.status))
      run = await completeResponse(visit, routeIndex, before, entry, run, begun)
  } catch (error) {
    // Hono makes a response of most that is thrown; not of what is no Error, such as the reason of a signal of Node's
    // adapter, nor inside an `every`.
    if (visit.isInnermost()) {
      const isAbandoned = hasGone(asked)
      if (!isAbandoned && isFailure(error) && standIn(visit, before, entry, { about, above })) return
      const why: NotStorable = isAbandoned ? abandoned : { reason: 'error' }
      tellNotStored(visit, before, why)
      // Hono gives its error the fields of what `completeResponse` has put there.
      if (c.finalized) say(c, { ...about, detail: why.reason })
    }
    throw error
  }
  if (!visit.isInnermost() && !confirms(visit, entry)) {
    before.land?.(null)
    selectForClient(visit)
    return run.end()
  }
  if (!c.finalized) {
    // No Response: Hono fails unless middleware above makes one. To ask for `c.res` would make one, of nothing.
    if (standIn(visit, before, entry, { about, above, run })) return
    run.end()
    return tellNotStored(visit, before, { reason: 'error' })
  }
  // Node's adapter has sent what middleware above has made meanwhile, which is not what the handler makes.
  if (run.unobserved(() => c.env?.outgoing?.headersSent === true)) {
    run.end()
    return tellNotStored(visit, before, sent)
  }
  const { status } = c.res
  if (entry && confirms(visit, entry)) {
    run.end()
    const renewal = renewed(visit, before, entry, c.res, run)
    await commitBehind(visit, before, renewal)
    const { unfit } = renewal
    const outcome = unfit ? { detail: unfit.reason } : { stored: true }
    answer(visit, renewal.entry, Date.now(), { ...about, forwardedStatus: 304, ...outcome }, above)
    return
  }
  if (hasFailed(c) && !run.abandoned() && standIn(visit, before, entry, { about, above, status, run })) return
  if (asked.method === 'HEAD' && entry?.status === 200 && route.profile.learnsFromHead && status === 200) {
    const learned = learnedFromHead(visit, before, entry, c.res, run)
    if (learned) {
      run.end()
      await commitBehind(visit, before, learned)
      giveMade(visit, about)
      return
    }
  }
  const { committing, ...stored } = storeResponse(visit, before, run)
  const isWhole = giveMade(visit, { ...about, ...stored })
  if (route.awaitStore && committing) await (isWhole ? holdEnd(visit, committing) : committing)
}

/** Gives the client what the handler has made; whether that is all of it. */
function giveMade({ c, asked, state }: Visit, status: CacheStatus): boolean {
  const selection = selectMade(asked, c.res)
  say(c, status)
  if (selection) state.given = { response: c.res, selection, ownEtag: null }
  return !selection
}

/** Commits behind the response, or before it where the route waits for that. */
async function commitBehind(visit: Visit, before: Before, renewal: Renewal): Promise<void> {
  const committing = commitRenewed(visit, before, renewal)
  visit.state.background(committing)
  if (visit.route.awaitStore) await committing
}

/** One further in has answered, and was shown our conditions: what is given last is selected by those of the client. */
function selectForClient({ state, asked }: Visit): void {
  const { given } = state
  if (!given) return
  const other = given.selection === NOTHING ? null : given.selection
  state.given = { ...given, selection: selectMade(asked, given.response) ?? other }
}

/** Whether what answers has said that the entry is right still: no client may get that. */
const confirms = ({ c, asked }: Visit, entry: Entry | null): boolean =>
  entry !== null && c.finalized && c.res.status === 304 && isAskedAbout(entry, asked)

/** A handler that has failed. */
interface Failed {
  /** What Cache-Status says whatever comes of it. */
  readonly about: CacheStatus
  readonly above: Headers
  /** Of its response; there is none where something was thrown past Hono, or where it gave none. */
  readonly status?: number
  readonly run?: Run
}

/** Answers with the last good entry in the place of a failure, if it may. */
function standIn(
  visit: Visit,
  before: Before,
  entry: Entry | null,
  { about, above, status, run }: Failed,
): boolean {
  const { c, asked } = visit
  const now = Date.now()
  // Of a part, most requests want something else.
  if (!entry || !mayStandIn(entry, residence(entry, now)) || !select(asked, entry)) return false
  run?.end()
  const threw = c.error !== undefined || status === undefined
  tellNotStored(visit, before, { reason: threw ? 'error' : 'status', detail: 'stale-if-error' })
  const said = {
    ...about,
    ...(status !== undefined && { forwardedStatus: status }),
    detail: 'stale-if-error',
  }
  return answer(visit, entry, now, said, above) === 'answered'
}

/** Of what was thrown past Hono. An exception with a 4xx says something of the request, and is no failure. */
const isFailure = (error: unknown): boolean =>
  !(hasMembers(error) && Number((error as { status?: unknown }).status) < 500)

/** A throw that was made a 4xx of says something of the request, and is no failure. */
export const hasFailed = ({ res, error }: Context): boolean =>
  res.status >= 500 || (error !== undefined && res.status < 400)

/** The request as the handler is to see it. */
export function requestFor(visit: Visit, asked: Request, entry: Entry | null): Request {
  const { route } = visit
  const add: Field[] = []
  if (entry && isAskedAbout(entry, asked)) {
    const { etag, lastModified } = validatorsOf(entry)
    if (etag !== null) add.push(['if-none-match', etag])
    if (lastModified !== null) add.push(['if-modified-since', lastModified])
  }
  if (entry?.status === 206) add.push(...fieldsForRest(visit, asked, entry))
  const { keepsParts } = route.profile
  if (keepsParts) add.push(['surrogate-capability', SURROGATE_CAPABILITY])
  // A client's range reaches the handler only where the whole is not there to be validated.
  const keep = keepsParts && (!entry || entry.status === 206) ? ['range', 'if-range'] : []
  return requestForHandler(asked, route, { keep, add })
}

/** Whether such a request asks the handler if the entry is still right: its 304 is then ours, else the client's. */
export const isAskedAbout = (entry: Entry, { method }: Request): boolean =>
  // To a POST such a condition would mean something else (RFC 9110 §13.1.2). And where the answer without it would be an
  // error or a redirect, it is ignored (§13.2.1): so a 304 says that there is a page now.
  entry.status < 300 && entry.status !== 206 && method !== 'POST' && isValidatable(entry)
