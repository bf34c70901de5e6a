/**
 * Store → Store: the clears made in this isolate.
 *
 * Those that succeeded are kept as fences and applied to every look-up, so that this isolate sees them even
 * through a replica that lags behind. Those that failed are kept until they have been made: until then every
 * request they cover is suspended, and they are tried again for ten minutes. So are those that succeeded and that the
 * primary has lost since, as in a failover. Both memories are bounded.
 */

import { EVERYTHING } from './scope.ts'
import { left, type Span } from './span.ts'
import type { Commit, NearStore, Query, Snapshot, Store } from './store.ts'
import { countOf, epochOf, passes, type Time } from './time.ts'

export interface OwnClearsStore extends NearStore {
  /** Scopes whose clear has not reached the store yet. */
  pending(): readonly string[]
  /** How many clears have ended here, whether made or failed. */
  clears(): number
  /**
   * Tries the pending clears again, with growing pauses, until they are made or given up. `undefined` where none
   * is pending or somebody is at it. On Workers the promise dies with the request that keeps it alive; the next
   * request that finds its attempt overdue goes on.
   */
  retry(): Promise<void> | undefined
}

export interface OwnClearsOptions {
  readonly now: () => number
  /** Resolves after that many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>
}

/** Clears of this many other scopes later, one is forgotten. */
export const MOST_FENCES = 1_000
const MOST_PENDING = 1_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** With these pauses they take ten minutes. Counted, for a process may be frozen for longer than that between two. */
const MOST_ATTEMPTS = 24
/** An attempt that is overdue by this much is nobody's: whoever was to make it is gone. */
const OVERDUE_MS = 10_000

export function withOwnClears(
  store: Store & Partial<NearStore>,
  { now, sleep }: OwnClearsOptions,
): OwnClearsStore {
  /** Scope → times of its clears here, the last of each epoch; `null`: one in some epoch before `latestEpoch`. */
  const fences = new Map<string, readonly (Time | null)[]>()
  /** An epoch that is no older than any fence kept here, where the primary has said so. */
  let latestEpoch: string | null = null
  /** How many clears have been kept: nothing is known of the order of two calls that were under way at once. */
  let kept = 0
  let ended = 0
  /** Scope → its last failure; an object of its own for each, so that a later one can be told from it. */
  const pending = new Map<string, { attempts: number }>()
  /** Before the next attempt. */
  let pause: Span = { since: 0, ms: 0 }
  /** For how long somebody is taken to be at it. */
  let retrying: Span | undefined

  /** Keeps a clear as fences; `before` is the count of clears at which it was sent. */
  function keep(scopes: readonly string[], time: Time | null, before: number): void {
    const epoch = epochOf(time)
    const last = before === kept++
    if (last) latestEpoch = epoch
    else if (epoch !== latestEpoch) latestEpoch = null
    for (const scope of time === null ? [EVERYTHING] : scopes) {
      const own = fences.get(scope) ?? []
      fences.delete(scope)
      fences.set(scope, withTime(own, time, last))
      if (fences.size > MOST_FENCES) fences.delete(fences.keys().next().value!)
    }
  }

  function postpone(scopes: readonly string[]): void {
    if (pending.size === 0) {
      pause = { since: now(), ms: FIRST_PAUSE_MS }
      retrying = undefined
    }
    for (const scope of scopes) pending.set(scope, { attempts: 0 })
    if (pending.size > MOST_PENDING) {
      // Too many to name: everything covers them all.
      pending.clear()
      pending.set(EVERYTHING, { attempts: 0 })
    }
  }

  /**
   * The primary has taken what was made before a clear of ours, of which it knows nothing then: a replica that lacked it
   * has taken over. Until it is made again no entry of that scope would be valid here, and elsewhere the old ones are.
   */
  function restore({ stamp, scopes }: Commit): void {
    const lost = scopes.filter((scope) =>
      fences.get(scope)?.some((time) => time && epochOf(time) === epochOf(stamp) && !passes(stamp, time)),
    )
    for (const scope of lost) fences.delete(scope)
    if (lost.length > 0) postpone(lost)
  }

  /** A clear makes up for what had failed before it was sent. What failed since may be about newer data. */
  async function clearAndKeep(scopes: readonly string[]): Promise<Time | null> {
    const before = kept
    const failed = new Map(pending)
    const time = await store.clear(scopes)
    keep(scopes, time, before)
    for (const scope of scopes) if (pending.get(scope) === failed.get(scope)) pending.delete(scope)
    return time
  }

  async function attempt(): Promise<void> {
    const scopes = [...pending.keys()]
    pause = { since: now(), ms: Math.min(pause.ms * 2, LONGEST_PAUSE_MS) }
    try {
      await clearAndKeep(scopes)
    } catch {
      for (const scope of scopes) {
        const failed = pending.get(scope)
        if (failed && ++failed.attempts >= MOST_ATTEMPTS) pending.delete(scope)
      }
    }
  }

  async function attemptUntilDone(): Promise<void> {
    while (pending.size > 0) {
      const rest = left(pause, now())
      retrying = { since: now(), ms: rest + OVERDUE_MS }
      await (rest > 0 ? sleep(rest) : attempt())
    }
  }

  return {
    ...store,

    atHand(query) {
      const snapshot = isSuspended(query) ? null : store.atHand?.(query)
      return snapshot ? raised(snapshot) : null
    },

    async lookUp(query) {
      if (isSuspended(query)) {
        return {
          entries: query.entries.map(() => null),
          clock: null,
          scopes: query.scopes,
          fences: query.scopes.map(() => null),
          suspended: true,
        }
      }
      return raised(await store.lookUp(query))
    },

    async commit(commit) {
      const before = kept
      const outcome = await store.commit(commit)
      // The primary has just confirmed this epoch: fences of another one tell of a clock that is gone. A clear
      // kept while the commit was under way may be of a newer one.
      if (outcome === 'stored' && before === kept) {
        latestEpoch = epochOf(commit.stamp)
        restore(commit)
      }
      return outcome
    },

    async clear(scopes) {
      try {
        return await clearAndKeep(scopes)
      } catch (error) {
        postpone(scopes)
        throw error
      } finally {
        ended++
      }
    },

    clears: () => ended,

    pending: () => [...pending.keys()],

    retry() {
      return pending.size > 0 && left(retrying, now()) === 0 ? attemptUntilDone() : undefined
    },
  }

  function isSuspended({ scopes }: Query): boolean {
    return pending.size > 0 && scopes.some((scope) => pending.has(scope))
  }

  function raised(snapshot: Snapshot): Snapshot {
    const { scopes } = snapshot
    if (fences.size === 0 || !scopes.some((scope) => fences.has(scope))) return snapshot
    return { ...snapshot, fences: scopes.map((scope, i) => raise(scope, snapshot.fences[i]!)) }
  }

  /** The later of a fence as the reply has it and as this isolate knows it. */
  function raise(scope: string, seen: Time | null): Time | null {
    const own = fences.get(scope)
    if (own === undefined || seen === null) return seen
    const epoch = epochOf(seen)
    let fence = seen
    for (const time of own) {
      if (time !== null && epochOf(time) === epoch) {
        if (countOf(time) > countOf(fence)) fence = time
        // Of another epoch, either of the two may be the older one: a lagging replica still tells of clocks that
        // are long gone, so these fences are never forgotten for good.
      } else if (epoch !== latestEpoch) return null
    }
    return fence
  }
}

/** The times of a scope and one more, whose reply may have come before that of an earlier one unless it is `last`. */
function withTime(own: readonly (Time | null)[], time: Time | null, last: boolean): readonly (Time | null)[] {
  const epoch = epochOf(time)
  const others = own.filter((known) => epochOf(known) !== epoch)
  const same = own.find((known) => epochOf(known) === epoch)
  const later = same && time && countOf(same) > countOf(time) ? same : time
  if (last) return others.length > 0 ? [null, later] : [later]
  return [...others, later]
}
