/** How long an entry has been of use and will be. Wall clocks, and therefore nothing that validity depends on. */

import type { Usable } from '../http/policy.ts'
import type { Entry } from './entry.ts'

/** Seconds by which the clocks of two isolates may differ. */
const MOST_SKEW = 60
/** The greatest number of seconds that caches tell each other (RFC 9111 §1.2.2). */
const OLDEST = 2 ** 31

/**
 * Seconds since the entry was made. A clock that runs behind the one that made it cannot make it younger; where it does
 * so by more than a minute one of the two is wrong, and the entry is as old as can be.
 */
export function residence({ made }: Entry, now: number): number {
  const passed = (now - made) / 1000
  return passed < -MOST_SKEW ? OLDEST : Math.max(0, passed)
}

/** The members of an entry that say how it is of use; what is not so is left out. */
export const asMembers = ({ fresh, age, staleWhileRevalidate, staleIfError, validate, strict }: Usable) => ({
  fresh,
  age,
  ...(staleWhileRevalidate && { staleWhileRevalidate }),
  ...(staleIfError && { staleIfError }),
  ...(validate && { validate: true as const }),
  ...(strict && { strict: true as const }),
})

/** An entry with a validator is of use for a while after it has become stale: a refresh of it costs no new body. */
const LEAST_TO_VALIDATE = 3_600
/** An entry lives no longer than this in the store, whatever its freshness. */
const MOST_SECONDS = 30 * 86_400

/** Whole seconds for which an entry can be of use. */
export function secondsToKeep(
  { fresh: until, staleWhileRevalidate = 0, staleIfError = 0 }: Usable,
  validatable: boolean,
): number {
  const fresh = Math.max(0, until)
  const toValidate = validatable ? Math.max(fresh, LEAST_TO_VALIDATE) : 0
  const stale = Math.max(staleWhileRevalidate, staleIfError, toValidate)
  return Math.max(1, Math.ceil(Math.min(fresh + stale, MOST_SECONDS)))
}
