/**
 * Store → Store: the store that cannot take the app down.
 *
 * Every call has a deadline. After five failures in a row the breaker opens: for ten seconds calls fail at once,
 * then one is let through as a probe, and its outcome decides. Whatever goes wrong below comes out as a
 * `StoreError`, which carries no payload. What is not promised: that a call which timed out had no effect.
 */

import { StoreError, toStoreError } from '../errors.ts'
import { within } from './deadline.ts'
import type { Store } from './store.ts'

/** How long to wait and when to stop asking. */
export interface Guard {
  /** Milliseconds for what a request waits for: look-up, `begin`, lease. */
  readonly read: number
  /** Milliseconds for what happens behind the response: commit, clear, release. */
  readonly write: number
  /** The store keeps the deadline of a look-up itself. A second timer would cost a hit as much as its key. */
  readonly timesLookUps?: boolean
  readonly now: () => number
}

const FAILURES_TO_OPEN = 5
const OPEN_MS = 10_000

export function guarded(store: Store, { read, write, timesLookUps = false, now }: Guard): Store {
  let failures = 0
  /** The breaker is open, and lets no call through, until this moment; 0 while it is closed. */
  let openUntil = 0

  async function call<T>(ms: number, work: () => Promise<T>, isTimed = false): Promise<T> {
    if (openUntil > 0) {
      const moment = now()
      if (moment < openUntil) throw new StoreError('breaker-open')
      // This call is the probe. Others wait for its outcome, but not for ever: its request may die with it.
      openUntil = moment + ms + 1
    }
    try {
      const value = await (isTimed ? work() : within(ms, work()))
      failures = 0
      openUntil = 0
      return value
    } catch (cause) {
      const error = toStoreError(cause)
      if (++failures >= FAILURES_TO_OPEN) {
        if (failures === FAILURES_TO_OPEN) error.breaker = 'opened'
        openUntil = now() + OPEN_MS
      }
      throw error
    }
  }

  return {
    lookUp: (query) => call(read, () => store.lookUp(query), timesLookUps),
    begin: () => call(read, () => store.begin()),
    commit: (commit) => call(write, () => store.commit(commit)),
    clear: (scopes) => call(write, () => store.clear(scopes)),
    lease: (name, id, ms) => call(read, () => store.lease(name, id, ms)),
    release: (name, id) => call(write, () => store.release(name, id)),
  }
}
