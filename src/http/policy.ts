/**
 * May this response be stored, and for how long is it of use? A chain of clauses, each under the sentence that it
 * implements: the first that objects gives the reason. Which of them are strict is the profile's business.
 */

import { type Directives, parseCacheControl, secondsOf } from './cache-control.ts'
import { type Field, fieldOf, isFieldName, namesOf } from './fields.ts'
import { heuristicLifetime, initialAge, lifetime } from './freshness.ts'
import type { Profile } from './profile.ts'
import { parseContentRange } from './range.ts'
import { targetedDirectives } from './targeted.ts'

/** Why a response is not stored. */
export type Objection =
  | 'status'
  | 'partial'
  | 'set-cookie'
  | 'no-store'
  | 'private'
  | 'no-cache'
  | 'vary-star'
  | 'vary-cookie'
  | 'vary-authorization'
  | 'authorization'
  | 'event-stream'
  | 'transfer-encoding'
  | 'not-fresh'

/** A response, seen by the policy. */
interface Candidate {
  readonly status: number
  /** All fields of the response, those set above included: what any of them keeps out stays out. */
  readonly headers: Headers
  /** Those made below `cache()`. */
  readonly fields: readonly Field[]
  readonly directives: Directives
  /** The directives of a field for caches like this one, which takes the place of Cache-Control and Expires. */
  readonly targeted: Directives | null
}

export interface Rules {
  readonly profile: Profile
  /** Seconds that the route names; `null` where it names some, but not for this status; `undefined` where none. */
  readonly expire: number | null | undefined
  /** Seconds past freshness that the route allows, where the response names none. */
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
  /** Headers of the request on which the response may vary only if they are part of the key, and are not. */
  readonly uncovered: readonly string[]
  /** The request has an Authorization, nothing has been observed of its use, and the key does not cover it. */
  readonly authorized: boolean
  /** It has credentials of any kind of which that is so, and on which the response does not vary. */
  readonly personal: boolean
  /** Of the request. */
  readonly method: string
  /** The handler saw a Range. */
  readonly ranged: boolean
  /** Seconds that the handler took. */
  readonly delay: number
  /** Milliseconds of wall-clock time. */
  readonly now: number
}

/** For how long a stored response is of use, in seconds from now, and how. */
export interface Usefulness {
  /** Fresh; zero or less where it has to be validated first. */
  readonly fresh: number
  /** Its age now. */
  readonly age: number
  /** Past freshness: answered stale while it is refreshed, and where the refresh fails. */
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
  /** Never answered without validation, not even fresh. */
  readonly validate: boolean
  /** Never answered stale, whatever a client allows. */
  readonly strict: boolean
}

/** The same as an entry says it: what is not so is left out. */
export type Usable = Pick<Usefulness, 'fresh' | 'age'> & Partial<Usefulness>

/** Whether a lifetime was longer than nothing: what was never fresh has no windows but those that it names itself. */
export const wasFresh = ({ fresh, age }: Usable): boolean => fresh + age > 0

/** It may be stored, and is of use so; or what speaks against it. */
export type Verdict = { readonly use: Usefulness } | { readonly reason: Objection }

export function candidate(status: number, headers: Headers, fields: readonly Field[]): Candidate {
  return {
    status,
    headers,
    fields,
    directives: parseCacheControl(headers.get('cache-control')),
    targeted: targetedDirectives(headers),
  }
}

export function mayStore(response: Candidate, rules: Rules): Verdict {
  for (const [reason, objects] of CLAUSES) {
    if (objects(response, rules)) return { reason }
  }
  const use = usefulness(response, rules)
  // What is not fresh is still of use where it can be validated, as only a success can. Anything else would take the
  // place of the last good answer.
  const { headers, status } = response
  // By the date of a page alone, who has an older one of his own is told that he has that of another.
  const isKept =
    rules.profile.keepsUnfresh &&
    status < 300 &&
    (headers.has('etag') || (headers.has('last-modified') && !isOnesOwn(response, rules)))
  return isKept || isFresh(use) ? { use } : { reason: 'not-fresh' }
}

const isFresh = ({ fresh, validate }: Usefulness): boolean => fresh > 0 && !validate

const CLAUSES: readonly (readonly [Objection, (response: Candidate, rules: Rules) => boolean])[] = [
  // "if the response status code is 206 or 304, or the must-understand cache directive is present: the cache
  // understands the response status code" (RFC 9111 §3). A 304 renews what is stored and is nothing by itself. A 200
  // that answers a Range with a Content-Range is a part, too.
  [
    'partial',
    ({ status, headers }, { profile, ranged }) =>
      status === 304 ||
      (status === 206
        ? !profile.keepsParts || parseContentRange(headers.get('content-range')) === null
        : headers.has('content-range') && (!profile.keepsParts || (ranged && status === 200))),
  ],
  // "GET is the only method for which range handling is defined" (RFC 9110 §14.2): a part of any other answer would be
  // given for the whole.
  ['partial', ({ status }, { method }) => status === 206 && method !== 'GET'],
  ['status', ({ status, directives }) => directives.has('must-understand') && !UNDERSTOOD.includes(status)],
  // "the response status code is final" (§3); in the safe policy only 200, and what `expire` names.
  [
    'status',
    ({ status }, { profile: { statuses }, expire }) =>
      status < 200 ||
      (statuses !== null && (expire === null || (expire === undefined && !statuses.includes(status)))),
  ],
  // "the set of ranges in the request's Range header field (Section 14.2) has been rejected" (RFC 9110 §15.5.17): that,
  // and any other failure, may be the answer to the Range and not to the URL.
  ['status', ({ status }, { ranged }) => ranged && status !== 200 && status !== 206],
  // "one or more conditions given in the request header fields evaluated to false" (§15.5.13): so it is the answer to
  // those, and not to the URL. Others are about one client, or one request of it, and "MUST NOT be stored by a cache"
  // (RFC 6585 §3 to §6).
  ['status', ({ status }) => NEVER_STORED.includes(status)],
  // A cookie is for one client. Those that middleware above sets are not part of what is stored. Nor is it for all where
  // each use is validated: a 304 that sets none, for a client that has its own, would bring it that of another.
  [
    'set-cookie',
    (response, rules) =>
      response.fields.some(([name]) => name === 'set-cookie') &&
      !(
        rules.profile.keepsCookies &&
        isShareable(response, rules.now) &&
        isFresh(usefulness(response, rules))
      ),
  ],
  // "the no-store cache directive is not present in the response" (§3); must-understand, where it is understood,
  // takes its place (§5.2.2.3).
  [
    'no-store',
    (response, rules) =>
      forbids(response, 'no-store', rules) &&
      !(rules.profile.trustsTargeted && says(response, 'must-understand')),
  ],
  // "if the cache is shared: the private response directive is either not present [...]" (§3); naming fields does
  // not help: what a field-qualified `private` leaves over is not for a cache to guess.
  ['private', (response, rules) => forbids(response, 'private', rules)],
  // "MUST NOT be used to satisfy any other request without forwarding it for validation" (§5.2.2.4)
  ['no-cache', (response, rules) => forbids(response, 'no-cache', rules) && !rules.profile.keepsUnfresh],
  // "A stored response with a Vary header field value containing a member "*" always fails to match" (§4.1)
  // Nor can one whose member is no name of a field: no request has it.
  ['vary-star', ({ headers }) => namesOf(headers.get('vary')).some((name) => !isFieldName(name))],
  // A response that says it depends on who asks is keyed by who asks, or is not stored.
  ['vary-cookie', (response, rules) => variesOnCredential(response, 'cookie', rules)],
  ['vary-authorization', (response, rules) => variesOnCredential(response, 'authorization', rules)],
  // "the Authorization header field is not present in the request [...] or a response directive is present that
  // explicitly allows shared caching" (§3), which are these three (§3.5)
  [
    'authorization',
    (response, { authorized }) =>
      authorized && !['public', 's-maxage', 'must-revalidate'].some((directive) => says(response, directive)),
  ],
  // It has no end.
  ['event-stream', ({ headers }) => /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')],
  // Hono's stream helpers set it; they swallow an error and end as if the body were whole.
  [
    'transfer-encoding',
    ({ headers }, { profile }) => headers.has('transfer-encoding') && !profile.trustsFraming,
  ],
]

/** Statuses of what is no answer to a URL; no route can name them. */
export const NEVER_STORED = [304, 412, 428, 429, 431, 511]

/** Status codes of RFC 9110 whose caching this cache knows. */
const UNDERSTOOD = [
  200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 421, 451, 500, 501,
  502, 503, 504,
]

/** A cache "MUST ignore the Cache-Control and Expires header fields" where one for caches is valid (RFC 9213 §2.2). */
const says = ({ directives, targeted }: Candidate, directive: string): boolean =>
  (targeted ?? directives).has(directive)

/** Whether the response is kept out by a directive; a policy that trusts nobody listens to both fields. */
const forbids = (response: Candidate, directive: string, { profile }: Rules): boolean =>
  says(response, directive) || (!profile.trustsTargeted && response.directives.has(directive))

/** Whether the response itself says that a cache may keep it: for how long, if it says that, else that it is public. */
const isShareable = (response: Candidate, now: number): boolean =>
  (lifetime(response, undefined, 0, now) ?? Number(says(response, 'public'))) > 0

/** Whether the response itself says for how long it is fresh. */
export function isExplicit(headers: Headers): boolean {
  const targeted = targetedDirectives(headers)
  const directives = targeted ?? parseCacheControl(headers.get('cache-control'))
  return directives.has('max-age') || directives.has('s-maxage') || (!targeted && headers.has('expires'))
}

const variesOnCredential = ({ fields }: Candidate, name: string, { uncovered, profile }: Rules): boolean =>
  !profile.variesOnCredentials &&
  namesOf(fieldOf(fields, 'vary')).some((varied) => varied.endsWith(name) && uncovered.includes(varied))

/** Whether it may be for one user alone, as far as anybody has said. */
const isOnesOwn = (response: Candidate, { personal }: Rules): boolean => personal && !says(response, 'public')

/** For how long a response that may be stored is of use. */
function usefulness(response: Candidate, rules: Rules): Usefulness {
  const age = initialAge(response.headers, rules.now, rules.profile.countsDelay ? rules.delay : 0)
  const fresh = secondsFresh(response, rules, age)
  const directives = response.targeted ?? response.directives
  const whileRevalidating = secondsOf(directives, 'stale-while-revalidate')
  const ifError = secondsOf(directives, 'stale-if-error')
  // What is never fresh is given to nobody as it is, whatever the route or a client allows, but as it says itself: of
  // an origin that names neither Cache-Control nor Vary, validation alone tells one user's page from another's.
  const hasLife = wasFresh({ fresh, age })
  const ofRoute = hasLife ? rules : NO_WINDOWS
  const validate = (!hasLife && whileRevalidating === null && ifError === null) || directives.has('no-cache')
  // Each of these forbids stale answers (§5.2.2.2, §5.2.2.8, §5.2.2.10, §5.2.2.4).
  const strict = validate || STRICT.some((directive) => directives.has(directive))
  return {
    fresh,
    age,
    staleWhileRevalidate: strict ? 0 : (whileRevalidating ?? ofRoute.staleWhileRevalidate),
    staleIfError: strict ? 0 : (ifError ?? ofRoute.staleIfError),
    validate,
    strict,
  }
}

function secondsFresh(response: Candidate, rules: Rules, age: number): number {
  const { profile, now } = rules
  const isOwn = isOnesOwn(response, rules)
  // What only `must-revalidate` lets a cache have of an authorized request (§3.5) it has for no longer than that says.
  const isLent = rules.authorized && isOwn && lifetime(response, undefined, 0, now) !== null
  const expire = isLent ? undefined : rules.expire
  const named = lifetime(response, expire, age, now)
  if (named !== null) return named
  // `expire: 0`: only what the response itself makes fresh.
  const byDefault = (expire === undefined && profile.defaultFresh) || 0
  return ((isOwn ? null : heuristicLifetime(response, profile, now)) ?? byDefault) - age
}

const NO_WINDOWS = { staleWhileRevalidate: 0, staleIfError: 0 }

const STRICT = ['must-revalidate', 'proxy-revalidate', 's-maxage']
