/**
 * Logical time: what decides whether an entry is valid. No wall clock takes part.
 *
 * The clock of a prefix is `epoch:count`. The count rises by one with every clear; the epoch is a string that has
 * never been, new whenever a clock had to be created. A fence is the time of a scope's last clear, a stamp the clock as it
 * stood before an entry's handler ran. Times of different epochs say nothing about each other.
 */

/** `epoch:count` */
export type Time = string

/** The scopes that were asked for and the one reply that decides about them. */
export interface Seen {
  readonly scopes: readonly string[]
  readonly clock: Time | null
  /** The fence of each scope, in the order of `scopes`. */
  readonly fences: readonly (Time | null)[]
}

export const timeOf = (epoch: string, count: number): Time => `${epoch}:${count}`

/** The epoch of a time; `null` where the text is not one. */
export function epochOf(time: Time | null | undefined): string | null {
  if (!time) return null
  const colon = time.lastIndexOf(':')
  return colon > 0 && countOf(time) >= 0 ? time.slice(0, colon) : null
}

/** The count of a time; `NaN` where the text is not one. */
export function countOf(time: Time): number {
  const digits = time.slice(time.lastIndexOf(':') + 1)
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN
}

/**
 * Whether `fence` lets something stamped `stamp` pass: it is present, of the same epoch, and not later. A missing
 * fence means "unknown": it may have been evicted right after a clear, so it lets nothing pass.
 */
export function passes(stamp: Time, fence: Time | null | undefined): boolean {
  if (fence === stamp) return true
  if (!fence) return false
  const colon = stamp.lastIndexOf(':')
  if (colon < 1 || fence.lastIndexOf(':') !== colon) return false
  return fence.startsWith(stamp.slice(0, colon)) && countOf(fence) <= countOf(stamp)
}

/** The earlier of two stamps; `null` where they are of different epochs and cannot be compared. */
export function earlier(a: Time, b: Time): Time | null {
  if (passes(a, b)) return b
  return passes(b, a) ? a : null
}

/**
 * - `invalid`: at least one of its scopes was cleared since, or has no fence
 * - `unasked`: nothing speaks against it yet, but not all of its scopes were asked for: ask again, for everything
 */
export type Verdict = 'valid' | 'invalid' | 'unasked'

/**
 * Whether an entry made at `stamp` may be used, as that one reply tells.
 *
 * The clock may not be behind the stamp: that is a failover to an older snapshot, where times are issued twice.
 * All scopes of the request count, and all of the entry: a static key shared by `/a` and `/b`, stored at `/a`,
 * must not be served at `/b` once path `/b` has been cleared.
 *
 * @param required how many of `seen.scopes`, from the first, are the request's own; the rest were guessed from
 *   memory and count only if they are the entry's
 */
export function judge(stamp: Time, scopes: readonly string[], seen: Seen, required: number): Verdict {
  if (seen.clock === null || !passes(seen.clock, stamp)) return 'invalid'
  for (let i = 0; i < required; i++) {
    if (!passes(stamp, seen.fences[i])) return 'invalid'
  }
  let verdict: Verdict = 'valid'
  for (let i = 0; i < scopes.length; i++) {
    const scope = scopes[i]!
    // Nearly always the request's own scopes in the same order: no search, and already judged above.
    if (i < required && seen.scopes[i] === scope) continue
    const at = seen.scopes.indexOf(scope)
    if (at < 0) verdict = 'unasked'
    else if (!passes(stamp, seen.fences[at])) return 'invalid'
  }
  return verdict
}
