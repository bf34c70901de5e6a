/**
 * Refreshes an entry behind the answer: the rest of the route is run once more, for itself, and what it makes is stored
 * or renews what is stored. Where it fails, the last good answer stays.
 */

import type { HTTPException } from 'hono/http-exception'
import type { Entry } from '../entry/entry.ts'
import { createHandle } from '../handle.ts'
import { isGetOrHead } from '../http/methods.ts'
import { MOST_REFRESH_MS } from '../isolate/refreshes.ts'
import { behind } from '../key/names.ts'
import { hasMembers } from '../key/plain.ts'
import { nameOf } from '../key/subject.ts'
import { uncovered } from '../learn/inputs.ts'
import { copyOf } from '../request/copying.ts'
import type { Before, Visit } from '../visit.ts'
import { hasFailed, isAskedAbout, requestFor } from './asking.ts'
import { takeLease } from './leasing.ts'
import { commitRenewed, outlived, renewed } from './renewing.ts'
import { canReplay, hasBegun, type ReplayOptions, replay } from './replay.ts'
import { fieldsAbove, type Run, runHandler } from './run.ts'
import { storeResponse } from './storing.ts'

/**
 * Refreshes behind the answer, once per key at a time, and never throws: the answer is there already. `null` where the
 * rest of the route cannot be run again.
 */
export function refresherOf(visit: Visit, before: Before, entry: Entry): (() => void) | null {
  const { c, connection, route, state } = visit
  const { method, routeIndex } = c.req
  // A body that has been read cannot be sent again.
  if (!isGetOrHead(method)) return null
  // A part is the answer to its own request alone, which has a range.
  if (entry.status === 206) return null
  const name = nameOf(before.subject, before.recorded)
  // To ask whether the route can be run again takes longer than a hit.
  if (connection.refreshes.isUnderWay(name)) return () => {}
  if (!canReplay(c, routeIndex, visit.middleware)) return null
  // Before the answer, whose fields they will be among.
  const above = fieldsAbove(c)
  const begun = hasBegun(c, above)
  return () => {
    const done = connection.refreshes.begin(name)
    if (!done) return
    const refreshed = refresh(visit, before, entry, { routeIndex, above, begun }).then(
      // Who has the lease is given its time: to ask again with each hit would cost a command each time.
      (isOurs) => done(isOurs ? 0 : route.coalesceWait * 1000),
      (error) => {
        visit.report({ type: 'not-stored', reason: 'error', detail: 'refresh' })
        done()
        return isAnswer(error) && isGone(error) && commitRenewed(visit, before, outlived(entry))
      },
    )
    state.background(refreshed)
  }
}

/** Resolves to `false` where another isolate does it. */
async function refresh(
  visit: Visit,
  before: Before,
  entry: Entry,
  { routeIndex, ...asItWas }: Pick<ReplayOptions, 'above' | 'begun'> & { readonly routeIndex: number },
): Promise<boolean> {
  const { c, route, state, path } = visit
  // The client's request without the client: a GET, which does not end with its connection.
  const request = requestFor(visit, copyOf(visit.asked, { method: 'GET', signal: null }), entry)
  let isOurs = true
  await replay(c, routeIndex, {
    request,
    ...asItWas,
    async run(inner, next) {
      const forked = state.fork(inner)
      // It explains this run. An app's own variable of that name stays.
      if (inner.get('cache') === state.handle) {
        forked.handle = createHandle(forked, () => path)
        inner.set('cache', forked.handle)
      }
      const { claim } = forked.acting
      const isInnermost = () => forked.acting.claim === claim
      const background: Visit = { ...visit, c: inner, asked: request, next, state: forked, isInnermost }
      // Not before all is taken over, for it is waited for: middleware above may change it behind us.
      const release = route.lease ? await takeLease(background, before) : () => {}
      isOurs = release !== null
      if (!release) {
        // Hono wants an answer of whoever does not go on.
        inner.res = new Response(null)
        return
      }
      try {
        await refreshEntry(background, before, entry, request)
      } finally {
        release()
      }
    },
  })
  return isOurs
}

async function refreshEntry(visit: Visit, before: Before, entry: Entry, request: Request): Promise<unknown> {
  const { c } = visit
  const run = await runHandler(visit, before, request)
  // Without a Response Hono fails, which is told.
  if (!visit.isInnermost() || !c.finalized) return run.end()
  if (run.milliseconds > MOST_REFRESH_MS) {
    run.end()
    return visit.report({ type: 'not-stored', reason: 'cut-short', detail: 'refresh' })
  }
  const isTakenBack = (reason: string | undefined) =>
    TAKEN_BACK.includes(reason) && !isAboutClient(visit, before, run)
  if (c.res.status === 304 && isAskedAbout(entry, request)) {
    run.end()
    const renewal = renewed(visit, before, entry, c.res, run)
    const committing = commitRenewed(visit, before, renewal)
    return isTakenBack(renewal.unfit?.reason) ? commitRenewed(visit, before, outlived(entry)) : committing
  }
  // Nobody waits for it: the last good answer stays, whatever a failure says of its own freshness.
  if (hasFailed(c)) {
    run.end()
    return visit.report({ type: 'not-stored', reason: 'status', detail: 'refresh' })
  }
  const { stored, detail, committing } = storeResponse(visit, before, run)
  const isOver = !stored && (isGone(c.res) || (c.res.ok && isTakenBack(detail)))
  return isOver ? commitRenewed(visit, before, outlived(entry)) : committing
}

/**
 * What is no longer there, whoever asks, is not answered with for the rest of the window. Other statuses may be about who
 * asks, or about this moment.
 */
const isGone = ({ status }: Pick<Response, 'status'>): boolean => GONE.includes(status)

/** Of any other error Hono makes a 500, whatever status it has from the API that was asked. */
const isAnswer = (error: unknown): error is HTTPException => hasMembers(error) && 'getResponse' in error

const GONE: readonly number[] = [301, 308, 404, 410]

/** What middleware above says, or what was made for credentials and nobody watched it, may be about who asks. */
const isAboutClient = ({ asked, route }: Visit, { recorded }: Before, { above, reads }: Run): boolean =>
  above.has('cache-control') ||
  (!reads && uncovered(asked.headers, route, behind('header ', recorded)).length > 0)

/** Of a page that may be kept no longer, the version of before is not kept either. */
const TAKEN_BACK: readonly (string | undefined)[] = ['no-store', 'private', 'no-cache', 'not-fresh']
