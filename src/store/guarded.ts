/**
 * Store → Store: the store that cannot take the app down.
 *
 * Every call has a deadline, and two breakers (`breaker.ts`) stop the calls that fail. Look-ups have one: where they
 * fail the store cannot be reached, and no call is made but clears, which others wait for whose look-ups may succeed.
 * What only the primary does has the other: a read replica answers look-ups while the primary is dead, and then hits go
 * on and nobody waits for the primary. Neither breaker counts how the calls of the other end: in such an outage, each
 * miss begins with a look-up that succeeds.
 *
 * Whatever goes wrong below comes out as a `StoreError`, which carries no payload. What is not promised: that a call
 * which timed out had no effect.
 */

import { StoreError, type StoreFailure } from '../errors.ts'
import { breaker } from './breaker.ts'
import { within } from './deadline.ts'
import type { Store } from './store.ts'

/** How long to wait. */
export interface Guard {
  /** Milliseconds for what a request waits for: look-up, `begin`, lease. */
  readonly read: number
  /** Milliseconds for what happens behind the response: commit, clear, release. */
  readonly write: number
  /** The store keeps the deadline of a look-up itself. A second timer would cost a hit as much as its key. */
  readonly timesLookUps?: boolean
  readonly now: () => number
}

/** Of a commit, which may be larger than the store takes: large entries must not stop the clears. */
const REFUSALS: readonly StoreFailure[] = ['out-of-memory', 'refused']

export function guarded(store: Store, { read, write, timesLookUps = false, now }: Guard): Store {
  const lookUps = breaker(now)
  const primary = breaker(now)

  async function onPrimary<T>(
    ms: number,
    work: () => Promise<T>,
    answers?: readonly StoreFailure[],
  ): Promise<T> {
    // Refused before the primary's breaker hears of it: its probe is a call that is made.
    if (lookUps.isOpen()) throw new StoreError('breaker-open')
    return primary.call(ms, () => within(ms, work()), answers)
  }

  return {
    lookUp: (query) =>
      lookUps.call(read, () => (timesLookUps ? store.lookUp(query) : within(read, store.lookUp(query)))),
    begin: () => onPrimary(read, () => store.begin()),
    commit: (commit) => onPrimary(write, () => store.commit(commit), REFUSALS),
    clear: (scopes) => primary.call(write, () => within(write, store.clear(scopes))),
    lease: (name, id, ms) => onPrimary(read, () => store.lease(name, id, ms)),
    release: (name, id) => onPrimary(write, () => store.release(name, id)),
  }
}
