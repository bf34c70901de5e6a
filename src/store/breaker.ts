/**
 * A breaker: what has failed five times in a row is not tried for ten seconds; then one call is let through as a probe,
 * and its outcome decides.
 *
 * A refusal for want of memory is no failure. It comes at once from a store that is alive, and that goes on to read,
 * and to clear by deleting the clock. Nor is any other refusal that says something of the one call alone.
 */

import { StoreError, type StoreFailure, toStoreError } from '../errors.ts'
import { left, type Span } from './span.ts'

export interface Breaker {
  /** Whether a call would be refused now. */
  isOpen(): boolean
  /**
   * Does the work, which settles within `ms` milliseconds, or refuses it with `breaker-open`. That is no failure, and
   * does not count. The failure that opens the breaker says so.
   *
   * @param answers the failures by which the store shows that it is alive
   */
  call<T>(ms: number, work: () => Promise<T>, answers?: readonly StoreFailure[]): Promise<T>
}

const FAILURES_TO_OPEN = 5
const OPEN_MS = 10_000

export function breaker(now: () => number): Breaker {
  let failures = 0
  /** For how long it is open, and lets no call through; `undefined` while closed. */
  let open: Span | undefined

  function close(): void {
    failures = 0
    open = undefined
  }

  // The time is not asked while it is closed: each hit asks this.
  const isOpen = (): boolean => open !== undefined && left(open, now()) > 0

  return {
    isOpen,

    async call(ms, work, answers = ['out-of-memory']) {
      if (isOpen()) throw new StoreError('breaker-open')
      // This call is the probe. Others wait for its outcome, but not for ever: its request may die with it.
      if (open) open = { since: now(), ms: ms + 1 }
      try {
        const value = await work()
        close()
        return value
      } catch (cause) {
        const error = toStoreError(cause)
        if (answers.includes(error.reason)) close()
        else if (++failures >= FAILURES_TO_OPEN) {
          if (failures === FAILURES_TO_OPEN) error.breaker = 'opened'
          open = { since: now(), ms: OPEN_MS }
        }
        throw error
      }
    },
  }
}
