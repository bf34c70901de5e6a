/**
 * A stale entry that the handler was asked about, as its 304 or its answer to a HEAD renews it. What renews an entry
 * is judged like what makes one: it may not be storable, read what no key covers, and bring tags of its own.
 */

import { bytesOf, type Entry } from '../entry/entry.ts'
import { asMembers, residence } from '../entry/freshness.ts'
import { isValidatable, validatorsOf } from '../entry/validators.ts'
import { type Field, fieldOf, fieldsOfEntry, headersOf, isContentField, namesOf } from '../http/fields.ts'
import { initialAge } from '../http/freshness.ts'
import { renewFields } from '../http/renew.ts'
import { union } from '../key/names.ts'
import type { Before, Visit } from '../visit.ts'
import { commit } from './committing.ts'
import type { Run } from './run.ts'
import { inputsFrom, mayBeStored, type NotStorable, toKeep } from './storable.ts'

/** An entry as a further answer leaves it. */
export interface Renewal {
  readonly entry: Entry
  /** Why it may not be stored so. */
  readonly unfit: NotStorable | null
  /** What that answer says it varies on, and what the handler was seen to read for it. */
  readonly inputs: readonly string[]
}

/**
 * The entry with the fields and the freshness that a 304 gives it. It keeps its stamp: its content is as old as it
 * was, and what has been cleared since stays cleared. What would keep a response out keeps the renewal out.
 */
export function renewed(visit: Visit, before: Before, entry: Entry, response: Response, run: Run): Renewal {
  const received = fieldsOfEntry(response.headers, run.above, !run.reads).filter(
    // It has no content, so that a type which it has from above is not its own.
    ([name, value]) => !isContentField(name) || value !== run.above.get(name),
  )
  const headers = withNames(renewFields(entry.headers, received), namesOf(fieldOf(entry.headers, 'vary')))
  const all = headersOf(headers)
  // No fields of an entry, but what keeps a response out keeps it out: what middleware above says of this client's
  // answer, and the age that caches on the way have given it (RFC 9111 §4.2.3).
  for (const [name, value] of response.headers)
    if ((name === 'age' || run.above.has(name)) && !all.has(name)) all.append(name, value)
  const made = Date.now()
  const whole = new Response(null, { status: entry.status, headers: all })
  const judged =
    run.parts.stamp === null ? ({ reason: 'lost' } as const) : mayBeStored(visit, run, before, whole, headers)
  const unfit = 'reason' in judged ? judged : null
  const use = 'reason' in judged ? { fresh: 0, age: initialAge(all, made, 0) } : asMembers(judged)
  const {
    staleWhileRevalidate: _while,
    staleIfError: _error,
    validate: _validate,
    strict: _strict,
    ...kept
  } = entry
  const added = [...visit.state.making.scopes, ...run.parts.scopes]
  const scopes = union(union(entry.scopes, before.subject.scopes), added)
  return {
    entry: { ...kept, ...use, headers, scopes, made },
    unfit,
    inputs: inputsFrom(visit, run, headers),
  }
}

/**
 * The entry as the answer to a HEAD leaves it: renewed where that is of the same version, no longer fresh where it is
 * of another. `null` where it names none: then "any received validator fields" are none, and an outdated page would
 * live on for as long as somebody asks by HEAD whether the app is up.
 */
export function learnedFromHead(
  visit: Visit,
  before: Before,
  entry: Entry,
  response: Response,
  run: Run,
): Renewal | null {
  const { headers } = response
  const received = fieldsOfEntry(headers, run.above)
  const { etag, lastModified } = validatorsOf(entry)
  const length = headers.has('content-encoding') ? null : String(bytesOf(entry.body).length)
  // "if the stored response and HEAD response have matching values for any received validator fields" (RFC 9111 §4.3.5):
  // one that it lacks does not match.
  const differs =
    (fieldOf(received, 'etag') ?? etag) !== etag ||
    (fieldOf(received, 'last-modified') ?? lastModified) !== lastModified ||
    (length !== null && (headers.get('content-length') ?? length) !== length)
  if (!differs && !isValidatable({ headers: received })) return null
  const renewal = renewed(visit, before, entry, response, run)
  return differs ? { ...renewal, entry: superseded(entry) } : renewal
}

/** Its clocks run on: it is as old as it was, and no client and no window makes it the answer unasked. */
export const superseded = (entry: Entry): Entry => ({
  ...entry,
  fresh: Math.min(entry.fresh, residence(entry, Date.now())),
  validate: true,
})

/** The entry of what its handler says is not there any more. */
export const outlived = (entry: Entry): Renewal => ({ entry: superseded(entry), unfit: null, inputs: [] })

/** The stored Vary holds what the route was seen to read, of which a 304 says nothing. */
function withNames(headers: readonly Field[], stored: readonly string[]): readonly Field[] {
  const names = namesOf(fieldOf(headers, 'vary'))
  const vary = union(names, stored)
  if (vary === names) return headers
  return [...headers.filter(([name]) => name !== 'vary'), ['vary', vary.join(', '), 'append']]
}

/** Commits a renewed entry. */
export function commitRenewed(
  visit: Visit,
  before: Before,
  { entry: { text: _text, ...entry }, unfit, inputs }: Renewal,
): Promise<boolean> {
  return commit(visit, before, unfit ?? toKeep(before.subject, entry, inputs, before.recorded))
}
