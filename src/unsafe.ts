/**
 * A request by an unsafe method (RFC 9111 §4.4): where it succeeds it may have changed what is stored, so its own path
 * is cleared, and those of Location and Content-Location where they are of the same origin, before the client gets
 * its answer. A POST that says its answer is what a GET would get now has it stored instead.
 */

import { clearScopes } from './handle.ts'
import { isExplicit } from './http/policy.ts'
import { demandsOf } from './http/reuse.ts'
import { splitUrl } from './key/canonical.ts'
import { holdEnd } from './miss/holding.ts'
import { type Run, runHandler } from './miss/run.ts'
import { storeResponse } from './miss/storing.ts'
import { recall } from './protocol/recall.ts'
import { describe } from './request/describe.ts'
import { say } from './respond/saying.ts'
import { reportFailure } from './state.ts'
import { pathScope } from './store/scope.ts'
import { countOf, epochOf } from './store/time.ts'
import type { Before, Visit } from './visit.ts'

export async function answerUnsafe(visit: Visit): Promise<void> {
  const { c, asked, route, state, report } = visit
  report({ type: 'bypass', reason: 'method' })
  // What is stored later is stamped with the clock of now.
  const isLikeGet = c.req.method === 'POST' && mayBeKept(visit) && seesWhatGetSees(visit)
  const before = isLikeGet ? await describeGet(visit) : null
  const run = before && (await runHandler(visit, before, asked))
  if (!before) await visit.next()
  if (!visit.isInnermost() || !c.finalized) return run?.end()
  // A "non-error response" is one with a 2xx or 3xx status code (RFC 9111 §4.4).
  // Cleared also where the answer is then stored for GET: the path has other variants and queries, and a handler may
  // still be at work on older data.
  const cleared = c.res.status < 400 && (await clearScopes(changedPaths(visit).map(pathScope), state, report))
  if (!cleared || !before || !run || !isForGet(visit) || !(await outliveOwnClear(visit, run))) {
    run?.end()
    return say(c, { fwd: 'method' })
  }
  const { stored = false, committing } = storeResponse(visit, before, run)
  say(c, { fwd: 'method', stored })
  if (route.awaitStore && committing) await holdEnd(visit, committing)
}

/** The handler of a GET sees no cookies but those in the key; that of a POST needs them all. */
const seesWhatGetSees = ({ asked, route }: Visit): boolean =>
  route.cookies.length === 0 || !asked.headers.has('cookie')

/** "a cache MUST NOT store any part of either this request or any response to it" (RFC 9111 §5.2.1.5) */
const mayBeKept = ({ asked, route }: Visit): boolean =>
  !demandsOf(asked.headers, route.profile).has('no-store')

/** The GET of the same URL; `null` where it cannot be looked up. */
async function describeGet(visit: Visit): Promise<Before | null> {
  const { connection, report } = visit
  try {
    const subject = await describe(visit, 'GET')
    if ('reason' in subject) return null
    const found = await recall(connection, subject)
    // Or middleware above has answered meanwhile.
    if (found.outcome === 'suspended' || found.outcome === 'unkeyed' || visit.c.finalized) return null
    return {
      subject,
      stamp: found.stamp,
      recorded: found.inputs,
      seen: found.seen,
      clears: connection.store.clears(),
      need: 'request',
    }
  } catch (cause) {
    reportFailure('look-up', cause, report)
    return null
  }
}

/** Stamps the answer with our own clear, where that is the only one since it was begun. */
async function outliveOwnClear({ connection, report }: Visit, { parts }: Run): Promise<boolean> {
  try {
    const now = await connection.store.begin()
    const { stamp } = parts
    if (stamp !== null && epochOf(now) === epochOf(stamp) && countOf(now) === countOf(stamp) + 1) {
      parts.stamp = now
      return true
    }
    report({ type: 'not-stored', reason: 'cleared' })
  } catch (cause) {
    report({ type: 'not-stored', reason: 'store', detail: reportFailure('look-up', cause, report) })
  }
  return false
}

/**
 * "Responses to POST requests are only cacheable when they include explicit freshness information and a
 * Content-Location header field that has the same value as the POST's target URI" (RFC 9110 §9.3.3)
 */
const isForGet = (visit: Visit): boolean =>
  visit.c.res.status === 200 &&
  referenceOf(visit, 'content-location') === visit.asked.url &&
  isExplicit(visit.c.res.headers)

function changedPaths(visit: Visit): string[] {
  const { url } = visit.asked
  // Node, Deno and Bun hand on a Host that no URL can have, and most apps need but the path.
  const target = splitUrl(URL.canParse(url) ? url : url.replace(/^(\w+:\/\/)[^/?#]*/, '$1none'))
  const paths = new Set([target.path])
  for (const name of ['location', 'content-location']) {
    const reference = referenceOf(visit, name)
    if (reference === null) continue
    const { origin, path } = splitUrl(reference)
    // "MUST NOT trigger an invalidation [...] if the origin [...] differs": others' caches are not ours to clear.
    if (origin === target.origin) paths.add(path)
  }
  return [...paths]
}

/** The URL that a field of the answer refers to; `null` where it is absent, or refers to none. */
function referenceOf({ asked: { url }, c }: Visit, name: string): string | null {
  const reference = c.res.headers.get(name)
  return reference !== null && URL.canParse(reference, url) ? new URL(reference, url).href : null
}
