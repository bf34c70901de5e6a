/**
 * For how long a response is fresh, and how old it already is (RFC 9111 §4.2).
 */

import { parseAge } from './age.ts'
import {
  type Directives,
  LARGEST_SECONDS,
  lifetimeOf,
  parseCacheControl,
  secondsOf,
} from './cache-control.ts'
import { parseDate } from './date.ts'
import type { Profile } from './profile.ts'

/** What freshness is computed from. */
interface Dated {
  readonly status: number
  readonly headers: Headers
  readonly directives: Directives
  /** The directives of a field for caches like this one, which takes the place of Cache-Control and Expires. */
  readonly targeted: Directives | null
}

/** Heuristics give this share of the time since the last change (§4.2.2), and never more than a day. */
const HEURISTIC_SHARE = 0.1
const LONGEST_HEURISTIC = 86_400

/** Statuses that may be stored by heuristics alone (RFC 9110 §15.1). */
const HEURISTIC_STATUSES = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]

/**
 * Seconds fresh from now on, as the response or the route has it; `null` where neither does.
 *
 * `s-maxage` and fields for caches beat the route's `expire`, which is an instruction to this cache; `max-age` and
 * `Expires` speak to all and are beaten by it. What the route names counts from now, all else from the origin.
 */
export function lifetime(
  { headers, directives, targeted }: Dated,
  expire: number | null | undefined,
  age: number,
  now: number,
): number | null {
  // "if the cache is shared and the s-maxage response directive is present, use its value" (§4.2.1)
  const forCaches =
    secondsOf(targeted ?? directives, 's-maxage') ?? (targeted && secondsOf(targeted, 'max-age'))
  if (forCaches !== null) return forCaches - age
  if (expire) return Math.min(expire, LARGEST_SECONDS)
  if (targeted) return null
  const forAll = lifetimeOf(directives, 'max-age') ?? expiresIn(headers, now)
  return forAll === null ? null : forAll - age
}

/** Seconds from its Date to its Expires; `null` where it has none. */
function expiresIn(headers: Headers, now: number): number | null {
  if (!headers.has('expires')) return null
  const date = parseDate(headers.get('date')) ?? now
  // "A cache recipient MUST interpret invalid date formats, especially the value "0", as representing a time in the
  // past" (§5.3)
  return ((parseDate(headers.get('expires')) ?? date) - date) / 1000
}

/** Seconds fresh by heuristics; `null` where they are not allowed. */
export function heuristicLifetime(
  { status, headers, directives, targeted }: Dated,
  profile: Profile,
  now: number,
): number | null {
  // In a response its meaning is specified nowhere (§5.4); but no guess goes against it.
  if (!profile.heuristic || parseCacheControl(headers.get('pragma')).has('no-cache')) return null
  if (!HEURISTIC_STATUSES.includes(status) && !(targeted ?? directives).has('public')) return null
  const modified = parseDate(headers.get('last-modified'))
  if (modified === null) return null
  const date = parseDate(headers.get('date')) ?? now
  return Math.min(Math.max(0, ((date - modified) / 1000) * HEURISTIC_SHARE), LONGEST_HEURISTIC)
}

/**
 * "corrected_initial_age" (§4.2.3): the greater of what Age says and what Date shows.
 *
 * @param delay "corrected_age_value = age_value + response_delay": seconds for which a response with an Age was on its
 * way. One without is made by an app in the same process, which takes its time before.
 */
export function initialAge(headers: Headers, now: number, delay: number): number {
  const date = parseDate(headers.get('date'))
  const apparent = date === null ? 0 : Math.floor((now - date) / 1000)
  const age = parseAge(headers.get('age'))
  return Math.max(apparent, age === null ? 0 : age + delay)
}
