/**
 * May what was made be stored? Of a response, and of a stored one that another renews, what the route, the handler and
 * the policy have to say; of a memo's value, too, whether it can be cleared and keyed.
 */

import type { Context } from 'hono'
import { atOnce, mistakeOf } from '../callbacks.ts'
import { isZeroOrMore } from '../checking.ts'
import { type Entry, mayBeRecorded } from '../entry/entry.ts'
import type { NotStoredReason } from '../events.ts'
import { type Field, fieldOf, namesOf } from '../http/fields.ts'
import { candidate, mayStore, type Rules, type Usefulness } from '../http/policy.ts'
import { union } from '../key/names.ts'
import { nameOf, type Subject } from '../key/subject.ts'
import { hasStrayBody, speaksAnother, uncovered } from '../learn/inputs.ts'
import { covers } from '../options/route.ts'
import { type Keepable, keepable } from '../protocol/keep.ts'
import { MOST_TAGS } from '../store/scope.ts'
import type { Before, Visit } from '../visit.ts'
import type { Run } from './run.ts'

export interface NotStorable {
  readonly reason: NotStoredReason
  readonly detail?: string
}

/**
 * How it is of use, or what speaks against it.
 *
 * @param res the handler's response, or the stored one as that has renewed it, with its fields
 */
export function mayBeStored(
  visit: Visit,
  run: Run,
  { subject, recorded }: Pick<Before, 'subject' | 'recorded'>,
  res: Response,
  fields: readonly Field[],
): Usefulness | NotStorable {
  const { c, asked, path, route, variants } = visit
  const refused = refusedSoFar(visit, run)
  if (refused) return refused
  if (!run.reads && hasStrayBody(asked)) return strayBody

  let rules: Rules
  try {
    rules = rulesFor(visit, run, res, Date.now())
  } catch (cause) {
    return { reason: 'configuration', detail: mistakeOf('expire', cause) }
  }
  const { expire } = rules
  if (expire !== null && expire !== undefined && !isZeroOrMore(expire)) {
    return { reason: 'configuration', detail: 'expire gave no number of seconds' }
  }
  const verdict = mayStore(candidate(res.status, res.headers, fields), rules)
  if ('reason' in verdict) return verdict
  const inputs = union(recorded, inputsFrom(visit, run, fields))
  // What depends on nothing makes no variants: a page that does must not keep the others of a wildcard route out.
  const values = () => valuesOf(subject, [...inputs].sort())
  if (inputs.length > 0 && variants.stopped(path, values, Date.now())) return tooManyVariants(inputs)
  try {
    const { storeWhen } = route
    if (storeWhen && !atOnce(run.unobserved(() => storeWhen(c, withoutBody(res)))))
      return { reason: 'store-when' }
  } catch (cause) {
    return { reason: 'configuration', detail: mistakeOf('storeWhen', cause) }
  }
  const { use } = verdict
  return { ...use, fresh: jittered(use.fresh, route.jitter) }
}

/** What has happened that keeps the response out: asked once more when its body has ended, which may read and fail late. */
export function refusedSoFar({ c, state: { making } }: Visit, run: Run): NotStorable | null {
  // Before the error: that may be what the handler made of it.
  if (run.abandoned()) return abandoned
  if (c.error) return { reason: 'error' }
  const { skipped } = making
  if (skipped !== null) return { reason: 'skipped', ...(skipped && { detail: skipped }) }
  const refused = run.reads?.refused
  return refused ? { reason: `reads-${refused.read}`, detail: refused.detail } : null
}

/** What tells variants of these inputs from each other, whatever the URL. */
export const valuesOf = (subject: Subject, inputs: readonly string[]): string =>
  nameOf({ ...subject, text: '' }, inputs)

/** Entries that were made, or renewed, together do not end together. What is not fresh becomes none the fresher. */
const jittered = (fresh: number, jitter: number): number =>
  fresh - Math.max(0, fresh) * jitter * Math.random()

/**
 * What the response says that it varies on, as far as the key does not cover it, and what the handler was seen to read:
 * of that, `Accept-Encoding` matters only where it chose a coding.
 */
export function inputsFrom({ route }: Visit, { reads }: Run, fields: readonly Field[]): string[] {
  const inputs = namesOf(fieldOf(fields, 'vary'))
    .filter((name) => !covers(route, name))
    .map((name) => `header ${name}`)
  if (reads) inputs.push(...reads.learned)
  // One that nobody watches may have chosen it without saying so: nginx with its defaults, compress() before Hono 4.13.
  const mayHaveChosen = reads?.acceptEncoding !== false && !covers(route, 'accept-encoding')
  if (mayHaveChosen && fieldOf(fields, 'content-encoding') !== null) inputs.push('header accept-encoding')
  return inputs
}

/** What the policy has to know of the route and the request. Throws what the route's `expire` throws. */
function rulesFor({ c, asked, route }: Visit, run: Run, response: Response, now: number): Rules {
  const varies = namesOf(response.headers.get('vary'))
  return {
    profile: route.profile,
    expire: run.unobserved(() => secondsFor(c, route.expire, response)),
    staleWhileRevalidate: route.staleWhileRevalidate,
    staleIfError: route.staleIfError,
    // That there is none, the key says.
    uncovered: run.unobserved(() => uncovered(asked.headers, route)),
    authorized: run.reads === null && !covers(route, 'authorization') && asked.headers.has('authorization'),
    personal: run.reads === null && uncovered(asked.headers, route, varies).length > 0,
    method: asked.method,
    ranged: run.ranged,
    delay: Math.max(0, run.milliseconds) / 1000,
    now,
  }
}

/** Seconds that the route names for this response; `null` where it names some, but not for this status. */
function secondsFor(
  c: Context,
  expire: Visit['route']['expire'],
  response: Response,
): number | null | undefined {
  if (!expire) return undefined
  const seconds = expire[response.status] ?? null
  return typeof seconds === 'function' ? atOnce(seconds(c, withoutBody(response))) : seconds
}

/**
 * What the app's own functions are shown of a response: a body that they read, the client would not get. Its headers
 * are copied, since Node's adapter takes those that it is given for the new response's own.
 */
const withoutBody = ({ status, statusText, headers }: Response): Response =>
  new Response(null, { status, statusText, headers: new Headers(headers) })

export const abandoned: NotStorable = { reason: 'cut-short', detail: 'its client has gone' }

export const sent: NotStorable = {
  reason: 'error',
  detail: 'its body was read or sent already, or cannot be copied',
}

const strayBody: NotStorable = {
  reason: 'reads-raw-request',
  detail: 'the request is a GET with a body, which no key covers',
}

/**
 * What is to be kept of a response or a value, or why it cannot be cleared or keyed.
 *
 * @param inputs what it turned out to depend on
 * @param recorded the names of the record that the look-up saw
 */
export function toKeep(
  subject: Subject,
  entry: Omit<Entry, 'text'>,
  inputs: readonly string[],
  recorded: readonly string[],
): Keepable | NotStorable {
  const all = union(recorded, inputs)
  if (entry.scopes.filter((scope) => scope.startsWith('t:')).length > MOST_TAGS) return tooManyTags
  if (!mayBeRecorded(all)) return tooManyInputs
  if (speaksAnother(subject, all, entry.headers)) return { reason: 'content-language' }
  return keepable(subject, entry, inputs, recorded) ?? { reason: 'reads-variable' }
}

const tooManyInputs: NotStorable = {
  reason: 'too-many-variants',
  detail: 'the names of the headers and variables that it depends on come to more than 2,048 characters',
}

const tooManyTags: NotStorable = { reason: 'too-many-tags', detail: `it has more than ${MOST_TAGS} tags` }

const tooManyVariants = (inputs: readonly string[]): NotStorable => ({
  reason: 'too-many-variants',
  detail:
    `its last requests each made a variant, on ${inputs.join(', ')}; ` +
    'put what reads the one that differs with every request (a log, a rate limit) above cache(); keys know it longer ' +
    'than a deployment lasts, so give the mended route another namespace',
})
