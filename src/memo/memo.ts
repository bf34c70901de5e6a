/**
 * One call of a memoized function on its way: its value is found, taken from a concurrent call, or made and stored
 * behind the call. It comes back as JSON gives it whether it was stored or not.
 */

import type { Connection } from '../connect.ts'
import type { Entry } from '../entry/entry.ts'
import { asMembers, residence } from '../entry/freshness.ts'
import type { Usable } from '../http/policy.ts'
import { mayReuse, mayStandIn, NO_DEMANDS } from '../http/reuse.ts'
import type { Land } from '../isolate/flights.ts'
import { MOST_REFRESH_MS } from '../isolate/refreshes.ts'
import { union } from '../key/names.ts'
import type { Subject } from '../key/subject.ts'
import { commit } from '../miss/committing.ts'
import { superseded } from '../miss/renewing.ts'
import { mayTake } from '../miss/sharing.ts'
import { abandoned, type NotStorable, toKeep } from '../miss/storable.ts'
import { begin, use } from '../protocol/collect.ts'
import type { Keepable } from '../protocol/keep.ts'
import { type Recollection, recall } from '../protocol/recall.ts'
import { type Report, type RequestState, reportFailure } from '../state.ts'
import { left } from '../store/span.ts'

/** Milliseconds that a call waits for a concurrent one of the same arguments. */
const COALESCE_MS = 2_000
const MOST_CHARACTERS = 1_048_576

export interface Memo {
  readonly subject: Subject
  readonly state: RequestState
  readonly use: Usable
  report(report: Report): void
  compute(): unknown
  /** Who asked for it has gone, and the function was given a signal that told it so. */
  abandoned(): boolean
}

/** The value of a call; `undefined` where it has none. */
export async function recallOrCompute(memo: Memo): Promise<unknown> {
  const { subject, state, report } = memo
  const { namespace, key } = subject
  const found = await lookUp(memo)
  if (!found) return asJson(await memo.compute())
  if (found.outcome !== 'found') return share(memo, found)

  const { entry } = found
  const json = parsed(entry.body)
  if (!json) return share(memo, { ...found, outcome: 'invalid' })
  const resident = residence(entry, Date.now())
  const reuse = mayReuse(entry, resident, NO_DEMANDS)
  if (reuse.use === 'validate') {
    try {
      return await share(memo, found)
    } catch (error) {
      if (!mayStandIn(entry, resident)) throw error
      report({ type: 'not-stored', reason: 'error', detail: 'stale-if-error' })
    }
  } else {
    const { milliseconds } = found
    report({ type: 'hit', namespace, key, ttl: entry.fresh - resident, milliseconds })
  }
  use(state.parts, found.connection, entry)
  // After that: the value that is replaced is no part of the one that replaces it.
  if (reuse.use === 'refresh') refresh(memo, found, entry)
  return json.value
}

/** Takes what a concurrent call is making, or makes it for whoever calls meanwhile. */
async function share(memo: Memo, found: Found): Promise<unknown> {
  const { subject, state, report } = memo
  const { connection, outcome, milliseconds } = found
  const { namespace, key } = subject
  report({ type: 'miss', namespace, key, reason: outcome === 'found' ? 'stale' : outcome, milliseconds })
  const { flights, store } = connection
  const patience = { since: Date.now(), ms: COALESCE_MS }
  // Nothing is awaited between this and `lead` where there is nobody to wait for.
  let waiting = flights.join(subject.name, COALESCE_MS)
  while (waiting) {
    const cargo = await waiting
    if (cargo && mayTake(subject, found, cargo)) {
      report({ type: 'shared', namespace, key })
      use(state.parts, connection, cargo.entry)
      return fromText(cargo.entry.body as string)
    }
    // Given up, or older than a clear: of those who waited for it one makes the value, and the others wait for that.
    waiting = cargo === null ? undefined : flights.join(subject.name, left(patience, Date.now()))
  }
  const land = flights.lead(subject.name, COALESCE_MS, store.clears(), state.background)
  try {
    return fromText(await make(memo, found, land))
  } finally {
    // A function that was told of it may have failed for that alone.
    land?.(memo.abandoned() ? undefined : null)
  }
}

/** Makes the value and stores it behind the call, unless that takes too long. */
async function make(
  memo: Memo,
  { connection, stamp }: Found,
  land?: Land,
  mostMs = Number.POSITIVE_INFINITY,
): Promise<string | undefined> {
  const { subject, state, report } = memo
  const parts = begin(state.parts, connection, stamp)
  const started = Date.now()
  let value: string | undefined
  try {
    value = toText(await memo.compute())
  } finally {
    state.parts.delete(parts)
  }
  const made = Date.now()
  report({ type: 'handled', namespace: subject.namespace, status: 200, milliseconds: made - started })
  const scopes = union(subject.scopes, [...parts.scopes])
  use(state.parts, connection, { scopes, stamp: parts.stamp ?? stamp })
  let kept: Keepable | NotStorable
  if (value === undefined || memo.use.fresh === 0) kept = { reason: 'not-fresh' }
  else if (made - started > mostMs) kept = { reason: 'cut-short', detail: 'refresh' }
  else if (memo.abandoned()) kept = abandoned
  else if (value.length > MOST_CHARACTERS) kept = { reason: 'too-large' }
  else if (parts.stamp === null) kept = { reason: 'lost' }
  else {
    const about = { stamp: parts.stamp, scopes, status: 200, headers: [], made, body: value }
    kept = toKeep(subject, { ...about, ...asMembers(memo.use) }, [], [])
  }
  state.background(commit({ connection, report }, { subject, land }, kept))
  return value
}

/** Makes the value anew behind the answer, once at a time. Where there is none any more, the stale one has had its time. */
function refresh(memo: Memo, found: Found, entry: Entry): void {
  const { subject, state, report } = memo
  const { connection } = found
  const done = connection.refreshes.begin(subject.name)
  if (!done) return
  const end = () => commit({ connection, report }, { subject }, toKeep(subject, superseded(entry), [], []))
  const refreshing = make(memo, found, undefined, MOST_REFRESH_MS)
    .then((value) => value === undefined && end())
    .catch(() => report({ type: 'not-stored', reason: 'error', detail: 'refresh' }))
    .finally(done)
  state.background(refreshing)
}

type Found = Exclude<Recollection, { outcome: 'suspended' | 'unkeyed' }> & {
  readonly connection: Connection
  /** How long the look-up took. */
  readonly milliseconds: number
  /** How many clears this isolate had made when the call came. */
  readonly clears: number
}

/** `null`: a value can neither be had nor stored. */
async function lookUp({ subject, state, report }: Memo): Promise<Found | null> {
  const { connection } = state
  if (!connection || !isEnabled(state)) {
    report({ type: 'bypass', reason: connection ? 'disabled' : 'configuration' })
    return null
  }
  try {
    const asking = Date.now()
    const clears = connection.store.clears()
    const found = await recall(connection, subject)
    const milliseconds = Date.now() - asking
    if (found.outcome !== 'suspended' && found.outcome !== 'unkeyed')
      return { ...found, connection, milliseconds, clears }
    report({ type: 'bypass', reason: 'clear-pending' })
  } catch (cause) {
    report({ type: 'bypass', reason: 'store', detail: reportFailure('look-up', cause, report) })
  }
  return null
}

function isEnabled({ enabled }: RequestState): boolean {
  try {
    return enabled()
  } catch {
    return false
  }
}

const toText = (value: unknown): string | undefined => JSON.stringify(value)

/** What is stored; `null` where it is no JSON: somebody else may have written there. */
function parsed(body: Entry['body']): { value: unknown } | null {
  try {
    return typeof body === 'string' ? { value: JSON.parse(body) } : null
  } catch {
    return null
  }
}

const fromText = (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text))

/** A value as it would come back from the store. */
export const asJson = (value: unknown) => fromText(toText(value))
