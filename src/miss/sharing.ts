/**
 * Shares what a concurrent request for the same key is making in this isolate; what another isolate makes is the
 * business of `leasing.ts`.
 *
 * Whatever is shared is judged as if it had been found: an answer computed before a clear that had completed when this
 * request arrived is not given to it, and nothing that its own key does not cover.
 */

import { answer } from '../answer.ts'
import type { Entry } from '../entry/entry.ts'
import { isGetOrHead } from '../http/methods.ts'
import { mayReuse, NO_DEMANDS } from '../http/reuse.ts'
import type { Cargo, Land } from '../isolate/flights.ts'
import { union, without } from '../key/names.ts'
import { nameOf, type Subject, variantOf } from '../key/subject.ts'
import { left, type Span } from '../store/span.ts'
import { judge } from '../store/time.ts'
import { type Before, forwarded, type Visit } from '../visit.ts'

/** Whether the request can be answered by what another makes. */
const canShare = ({ asked, route }: Visit, { need }: Before): boolean =>
  route.coalesce && need !== 'request' && need !== 'partial' && isGetOrHead(asked.method)

/**
 * Waits for whoever is making the answer already; where nobody is, begins to make it, for others to wait for.
 *
 * @param patience for how long the request waits
 * @returns `'answered'` with what another has made; what ends the flight that this request leads; else `undefined`
 */
export async function shareOrLead(
  visit: Visit,
  before: Before,
  patience: Span,
): Promise<'answered' | Land | undefined> {
  const { asked, connection, state } = visit
  const { flights, store } = connection
  if (!canShare(visit, before)) return undefined
  const { subject } = before
  let name = nameOf(subject, before.recorded)
  let waiting = flights.join(name, patience.ms)
  while (waiting) {
    const cargo = await waiting
    if (cargo === null) break
    if (cargo && mayTake(subject, before, cargo)) {
      const mayUse = mayReuse(cargo.entry, 0, visit.demands).use !== 'validate'
      if (mayUse && answerShared(visit, before, cargo.entry)) return 'answered'
      // It wants another part, say, or a validation. The next one would not bring that either, and they would go one by
      // one.
      break
    }
    // Others have found out the same by now: who has the same values as this request waits with it, or for it.
    if (cargo) name = nameOf(subject, [...union(before.recorded, cargo.inputs)].sort())
    waiting = flights.join(name, left(patience, Date.now()))
  }
  // Nothing is awaited between that and this, so that of those who found nobody one leads. A HEAD makes nothing that
  // could be shared.
  return asked.method === 'GET'
    ? forOthers(flights.lead(name, patience.ms, store.clears(), state.background))
    : undefined
}

/** What is validated before each use is nobody else's as it is: it lets those who wait go, as what is not stored does. */
const forOthers = (land: Land | undefined): Land | undefined =>
  land && ((cargo) => land(cargo && (mayReuse(cargo.entry, 0, NO_DEMANDS).use !== 'validate' ? cargo : null)))

/** Answers with what another request has made; whether that was possible. */
export function answerShared(visit: Visit, before: Before, entry: Entry): boolean {
  const { namespace, key } = before.subject
  const status = { ...forwarded(visit, before), collapsed: true }
  if (answer(visit, entry, Date.now(), status) !== 'answered') return false
  visit.report({ type: 'shared', namespace, key })
  return true
}

/** Whether what another makes may be taken for what this look-up would have found. */
export function mayTake(
  subject: Subject,
  { seen, stamp, clears }: Pick<Before, 'seen' | 'stamp' | 'clears'>,
  cargo: Cargo,
): boolean {
  if (!isOf(subject, cargo)) return false
  // Both look-ups saw the very same clock: nothing was cleared between them. A clear made here is not seen through
  // every replica, so it counts by itself.
  const same = cargo.entry.stamp === stamp && cargo.clears === clears
  // What was found may have been made before a clear of before the flight. Whoever found it has judged its scopes.
  if (same && (!cargo.found || without(subject.scopes, cargo.entry.scopes).length === 0)) return true
  return judge(cargo.entry.stamp, cargo.entry.scopes, seen, subject.scopes.length) === 'valid'
}

/** Another request may have the same text and differ in what the answer turned out to depend on. */
function isOf(subject: Subject, { entry, inputs }: Cargo): boolean {
  const text = inputs.length > 0 ? variantOf(subject, inputs)?.text : subject.text
  return entry.text === text
}
