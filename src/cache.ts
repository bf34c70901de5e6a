/**
 * `cache()`: the story of one request.
 *
 * It is named, looked up, and answered from a fresh entry; or the handler answers it, and a copy of that answer is
 * stored behind the response if nothing speaks against it. Whatever goes wrong on the way, the handler answers.
 */

import type { Context, Env, MiddlewareHandler, Next } from 'hono'
import type { BlankEnv } from 'hono/types'
import { answer } from './answer.ts'
import { atOnce, mistakeOf } from './callbacks.ts'
import type { Entry } from './entry/entry.ts'
import { residence } from './entry/freshness.ts'
import { isUnsafe } from './http/methods.ts'
import { demandsOf, mayReuse, NO_DEMANDS } from './http/reuse.ts'
import { createVariants } from './isolate/variants.ts'
import type { Subject } from './key/subject.ts'
import { fixed, notPlain } from './learn/reads.ts'
import { answerByHandler } from './miss/asking.ts'
import { leaseOrAnswer } from './miss/leasing.ts'
import { refresherOf } from './miss/refreshing.ts'
import { passOn } from './miss/replay.ts'
import { shareOrLead } from './miss/sharing.ts'
import { abandoned } from './miss/storable.ts'
import type { CacheOptions } from './options/options.ts'
import { routeResolver } from './options/route.ts'
import { type Recollection, recall } from './protocol/recall.ts'
import { describe, describeAgain, type Refusal } from './request/describe.ts'
import { answeringRoute, markAsOurs } from './request/innermost.ts'
import { replaceResponse, say, sayTiming } from './respond/saying.ts'
import { type Report, reportFailure, stateOf, withoutState } from './state.ts'
import { answerUnsafe } from './unsafe.ts'
import { type Before, forwarded, statusKey, type Visit } from './visit.ts'

/**
 * Caches the responses of the routes that it is put on.
 *
 * The innermost `cache()` of a request acts, the others step aside; their options do not merge. Without
 * `redisCache()` above it the route runs uncached.
 *
 * @param options see {@link CacheOptions}
 * @throws {TypeError} for a mistake in the options
 * @example
 * ```ts
 * app.get('/products/:id',
 *   cache({ expire: 300, namespace: 'catalog', tags: (c) => [`product:${c.req.param('id')}`] }),
 *   async (c) => c.json(await load(c.req.param('id'))))
 * ```
 */
export function cache<E extends Env = Env, P extends string = string>(
  options: CacheOptions<E, P> = {},
  // By the first form a middleware of one's own may call it with its Context. Neighbours in a route go by the last, of
  // which each part counts: an Env or path of `any`, or a result, would make the types of theirs `any`.
): ((c: Context, next: Next) => ReturnType<MiddlewareHandler>) &
  ((c: Context<BlankEnv, string>, next: Next) => never) {
  const routeFor = routeResolver(options)
  const variants = createVariants()
  const warn = withoutState('cache()')

  const middleware: MiddlewareHandler = function cache(c, next) {
    const state = stateOf(c)
    if (!state) {
      warn()
      return passOn(c, next)
    }
    const { path, at, hasOwnCache } = answeringRoute(c)
    const report = (report: Report) => state.emit(report, path)
    const route = routeFor(state.options.defaults)
    if (hasOwnCache) return stepAside(c, next, { state, route, report })

    const { acting, connection } = state
    // One that an `every` or `some` hides is not seen above: it claims the request when it runs.
    const claim = { depth: acting.claim ? acting.claim.depth + 1 : 0 }
    acting.claim = claim
    // The flight of an outer one ends here: to wait for it, this one would wait for itself.
    acting.land?.(null)
    const isInnermost = () => acting.claim === claim
    if (!connection) return bypass({ reason: 'configuration' }, { c, next, report, isInnermost })
    const visit: Visit = {
      c,
      asked: c.req.raw,
      demands: NO_DEMANDS,
      next,
      route,
      state,
      connection,
      path,
      at,
      variants,
      report,
      isInnermost,
      depth: claim.depth,
      middleware,
    }
    return state.options.serverTiming ? visitAndTell(visit) : visitCache(visit)
  }
  markAsOurs(middleware)
  return middleware as never
}

/** Leaves it to one further in; where what stands between has answered, nothing is cached, and it says so. */
async function stepAside(
  c: Context,
  next: Next,
  { state: { acting }, route, report }: Pick<Visit, 'state' | 'route' | 'report'>,
): Promise<void> {
  await next()
  if (acting.claim || !c.finalized || !c.res.ok) return
  // A preflight, say, which `cors()` has answered, is none of it.
  if (!route.methods.includes(c.req.method) || c.req.raw.headers.has('upgrade')) return
  acting.claim = { depth: 0 }
  report({ type: 'bypass', reason: 'configuration', detail: ANSWERED_BETWEEN })
  say(c, { fwd: 'bypass', detail: 'configuration' })
}

/** Past the cache, and says why. */
async function bypass(
  refusal: Refusal,
  { c, next, report, isInnermost }: Pick<Visit, 'c' | 'next' | 'report' | 'isInnermost'>,
): Promise<void> {
  const { reason } = refusal
  report({ type: 'bypass', ...refusal })
  await next()
  if (reason === 'upgrade' || !isInnermost()) return
  say(c, reason === 'method' || reason === 'request' ? { fwd: reason } : { fwd: 'bypass', detail: reason })
}

/** With Server-Timing at the end; an upgraded connection has no response to say it in. */
async function visitAndTell(visit: Visit): Promise<void> {
  await visitCache(visit)
  if (!visit.asked.headers.has('upgrade')) sayTiming(visit.c, visit.state.timing)
}

/** Takes a request through the cache, or past it. */
async function visitCache(visit: Visit): Promise<void> {
  const { c, route, state, connection, report } = visit

  // 1. Is it ours?
  const refusal = refuse(visit)
  if (refusal) {
    const mayClear = refusal.reason === 'method' && route.profile.invalidates && isUnsafe(c.req.method)
    return mayClear ? answerUnsafe(visit) : bypass(refusal, visit)
  }
  const demands = demandsOf(c.req.raw.headers, route.profile)
  if (demands.has('no-store')) return bypass({ reason: 'request' }, visit)
  visit.demands = demands

  // 2. Name it.
  let subject: Subject
  try {
    const described = describeAgain(visit) ?? (await describe(visit))
    if ('reason' in described) return bypass(described, visit)
    subject = described
  } catch (cause) {
    return bypass(
      { reason: 'configuration', detail: mistakeOf('keyBuilder, tags or an invalid Host', cause) },
      visit,
    )
  }
  state.lookedUp = subject

  // 3. Look it up.
  const asking = Date.now()
  const clears = connection.store.clears()
  let found: Recollection
  try {
    const suffices = (entry: Entry) => mayReuse(entry, residence(entry, asking), demands).use === 'fresh'
    const recalled = recall(connection, subject, suffices)
    // What is at hand is not waited for.
    found = recalled instanceof Promise ? await recalled : recalled
  } catch (cause) {
    state.timing.lookUp = Date.now() - asking
    return bypass({ reason: 'store', detail: reportFailure('look-up', cause, report) }, visit)
  }
  const now = Date.now()
  const milliseconds = now - asking
  state.timing.lookUp = milliseconds
  // Middleware above has answered meanwhile, as `timeout()` does: nobody waits for it any more.
  if (c.finalized) return report({ type: 'not-stored', ...abandoned })
  if (found.outcome === 'suspended') return bypass({ reason: 'clear-pending' }, visit)
  if (found.outcome === 'unkeyed') return bypass(unkeyed(found.input), visit)
  const { inputs: recorded, stamp, seen } = found
  state.depends = { route, recorded, reads: null }
  const need = found.outcome === 'found' ? 'stale' : found.outcome
  const before: Before = { subject, stamp, recorded, seen, clears, need }
  if (found.outcome !== 'found') return miss(visit, before, null)

  // 4. Of use as it is: answer with it, and refresh it behind the answer where it is stale.
  const { entry } = found
  const resident = residence(entry, now)
  const reuse = mayReuse(entry, resident, demands)
  if (reuse.use === 'validate') return miss(visit, { ...before, need: reuse.because }, entry)
  const isOld = resident >= entry.fresh * route.refreshAhead
  const refresh = isOld && reuse.use !== 'stale' ? refresherOf(visit, before, entry) : null
  // What cannot be refreshed behind the answer is refreshed before it.
  if (reuse.use === 'refresh' && !refresh) return miss(visit, before, entry)
  const answered = answer(visit, entry, now, statusKey(visit, subject))
  if (answered === 'damaged') return miss(visit, { ...before, need: 'invalid' }, null)
  if (answered === 'partial') return miss(visit, { ...before, need: 'partial' }, entry)
  if (recorded.length > 0) visit.variants.hit(visit.path)
  const { namespace, key } = subject
  report({ type: 'hit', namespace, key, ttl: entry.fresh - resident, milliseconds })
  refresh?.()
}

/**
 * 5. Lets the handler answer, and stores a copy of what it says; or takes the answer that a concurrent request is
 * making.
 */
async function miss(visit: Visit, before: Before, entry: Entry | null): Promise<void> {
  const { c, demands, route, state, report } = visit
  const { need, subject } = before
  const { namespace, key } = subject
  report({ type: 'miss', namespace, key, reason: need, milliseconds: state.timing.lookUp! })
  if (demands.has('only-if-cached')) {
    replaceResponse(c, c.newResponse(null, 504))
    say(c, { ...forwarded(visit, before), detail: 'only-if-cached' })
    return
  }
  const patience = { since: Date.now(), ms: route.coalesceWait * 1000 }
  const shared = await shareOrLead(visit, before, patience)
  if (shared === 'answered') return
  let land = shared
  state.acting.land = land
  try {
    const leased = land && route.lease ? await leaseOrAnswer(visit, before, patience, land) : land
    if (leased === 'answered') return
    land = leased
    await answerByHandler(visit, { ...before, land }, entry)
  } catch (error) {
    land?.(null)
    throw error
  }
}

function refuse({ c, path, route, state }: Visit): Refusal | null {
  try {
    if (!state.enabled()) return { reason: 'disabled' }
    if (!route.methods.includes(c.req.method)) return { reason: 'method' }
    if (c.req.raw.headers.has('upgrade')) return { reason: 'upgrade' }
    if (c.finalized) return { reason: 'configuration', detail: MADE_ABOVE }
    if (path === '' && route.autoVary) return { reason: 'configuration', detail: NO_APP }
    if (!Object.isExtensible(c.req)) return { reason: 'configuration', detail: fixed('c.req') }
    if (route.when && !atOnce(route.when(c))) return { reason: 'when' }
  } catch (cause) {
    return { reason: 'configuration', detail: mistakeOf('enabled or when', cause) }
  }
  return null
}

/** The request has a variable on which the key's variants depend and which no key can cover. */
const unkeyed = (input: string): Refusal => ({
  reason: 'variable',
  detail: `the route reads ${notPlain([input.slice('var '.length)])}`,
})

const MADE_ABOVE =
  'middleware above has made the response already, which Hono gives; let it do so after next()'
const ANSWERED_BETWEEN =
  'it stepped aside for a cache() further in, but what answers stands between the two; match that one by other paths'
const NO_APP =
  'it is not part of an app, so nobody can see what is read of the request; set autoVary: false if what answers it sets Vary'
