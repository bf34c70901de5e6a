/**
 * Stores the handler's response: a copy is read beside the client's and committed behind the response.
 *
 * The copy is read at once and bounded: one made only as the client reads would, where nobody reads the body, never
 * be stored. Bounded in time as well, since a body without end runs on for as long as anybody reads it. Tags, `skip()`
 * and reads count until the body ends, for a streamed body may learn late what it is made of.
 */

import type { Context } from 'hono'
import { type Copy, readBounded } from '../body.ts'
import { type Entry, textOf } from '../entry/entry.ts'
import { asMembers, secondsToKeep } from '../entry/freshness.ts'
import type { CacheStatus } from '../http/cache-status.ts'
import { isKeptBack } from '../http/downstream.ts'
import { type Field, fieldOf, fieldsOfEntry, namesOf } from '../http/fields.ts'
import { union, without } from '../key/names.ts'
import { sha256Hex } from '../key/sha256.ts'
import { SPEAKS } from '../learn/inputs.ts'
import { declaredVary } from '../options/route.ts'
import { type Keepable, keepable } from '../protocol/keep.ts'
import { copyOfFetched, isDecoded } from '../respond/fetched.ts'
import { replaceResponse, setField } from '../respond/saying.ts'
import { tagScope } from '../store/scope.ts'
import type { Before, Visit } from '../visit.ts'
import { commitKept } from './committing.ts'
import { isValidatable } from './renewing.ts'
import type { Run } from './run.ts'
import {
  learnedFrom,
  mayBeStored,
  type NotStorable,
  reportNotStored,
  type Storable,
  skipped,
  speaksAgainst,
  unkeyed,
  valuesOf,
  variesOn,
} from './storable.ts'

const MOST_MILLISECONDS = 60_000

/** Stores a copy of `c.res` behind the response, or reports why not; what Cache-Status says of it. */
export function storeResponse(
  visit: Visit,
  before: Before,
  run: Run,
): CacheStatus & { committing?: Promise<boolean> } {
  const { c, route, state } = visit
  // Before its headers: only then does Node's adapter name the type of a string among them, as other runtimes do. And
  // not its `body`: once that was read, Bun no longer knows that it was text.
  void c.res.bodyUsed
  if (isDecoded(c.res)) replaceResponse(c, copyOfFetched(c.res))
  const storable: Storable | NotStorable =
    c.req.method === 'HEAD'
      ? { store: false, reason: 'head' }
      : mayBeStored(visit, run, before, c.res, fieldsOfEntry(c.res.headers, run.above, !run.reads))
  if (!storable.store) return notStored(visit, before, run, storable)
  let ours: Response
  try {
    ours = c.res.clone()
  } catch {
    return notStored(visit, before, run, {
      store: false,
      reason: 'error',
      detail: 'its body was read already',
    })
  }
  const { status } = c.res
  const made = Date.now()
  const range = visit.asked.headers.get('range')
  const length = c.res.headers.has('content-encoding') ? null : c.res.headers.get('content-length')
  const copying = readBounded(ours.body, route.maxBodyBytes, MOST_MILLISECONDS).then((copy) =>
    // "incomplete if [...] fewer octets than indicated by Content-Length" (RFC 9112 §8); one that was coded on the way
    // here counts other octets.
    'bytes' in copy && length !== null && Number(length) !== copy.bytes.length
      ? ({ failed: 'cut-short' } as const)
      : copy,
  )
  const committing = copying
    .finally(() => run.end())
    .then((copy) => {
      const about = { status, made, ...(range !== null && { range }) }
      return makeEntry(visit, before, run, storable, copy, about)
    })
    // Nobody may wait for what will not come, least of all the end of the client's body.
    .catch((): Made => ({ store: false, reason: 'error' }))
    .then((made) => commit(visit, before, made))
  state.background(committing)
  addVary(c, downstreamVary(visit, [...before.recorded, ...(run.reads?.learned ?? [])]))
  // A body that still reads may turn out to be one client's: browsers are told only what is certain.
  const isCertain = run.complete || !run.reads
  if (route.cacheControl !== undefined && isCertain && !isKeptBack(storable.fields, run.above))
    setField(c, 'cache-control', route.cacheControl)
  return { stored: true, committing }
}

function notStored(visit: Visit, before: Before, run: Run, why: NotStorable): CacheStatus {
  run.end()
  before.land?.(null)
  reportNotStored(visit, why)
  return { detail: why.reason }
}

type Made = NotStorable | { readonly store: true; readonly kept: Keepable; readonly seconds: number }

/** Resolves to whether it has been stored. */
async function commit(visit: Visit, { subject, recorded, need, land }: Before, made: Made): Promise<boolean> {
  const { connection, path, variants, report } = visit
  if (!made.store) {
    land?.(null)
    reportNotStored(visit, made)
    return false
  }
  const { kept, seconds } = made
  land?.(kept)
  const stored = await commitKept(connection, subject, kept, seconds, report)
  land?.(null)
  const { inputs } = kept
  if (stored && need === 'vary-miss' && inputs.length === recorded.length)
    variants.made(path, valuesOf(subject, inputs), Date.now())
  return stored
}

type About = Pick<Entry, 'status' | 'made' | 'range'>

/** The entry that is to be kept, or why there is none after all. */
async function makeEntry(
  visit: Visit,
  before: Before,
  run: Run,
  storable: Storable,
  copy: Copy,
  about: About,
): Promise<Made> {
  const { c, route, state } = visit
  const { subject, recorded } = before
  const { tags, skipped: skippedFor } = state.making
  if ('failed' in copy) {
    const { failed, ...detail } = copy
    return { store: false, reason: failed, ...detail }
  }
  if (skippedFor !== null) return skipped(skippedFor)
  // A body that read late may have read what no key covers, and a handler that fails while it streams sets this.
  if (run.reads?.refused) return unkeyed(run.reads.refused)
  if (c.error) return { store: false, reason: 'error' }
  const { stamp } = run.parts
  if (stamp === null) return { store: false, reason: 'lost' }
  const scopes = union(union(subject.scopes, [...tags].map(tagScope)), [...run.parts.scopes])

  const { fields } = storable
  const inputs = [...variesOn(visit, fields), ...learnedFrom(run.reads, fields)]
  if (route.profile.normalises) inputs.push(...languageOf(fields, inputs))
  const unfit = speaksAgainst(union(recorded, inputs), subject, { scopes, headers: fields })
  if (unfit) return unfit
  const headers = fields.filter(([name]) => name !== 'vary')
  const vary = union(namesOf(fieldOf(fields, 'vary')), downstreamVary(visit, [...recorded, ...inputs]))
  if (vary.length > 0) headers.push(['vary', vary.join(', '), 'append'])
  const ownEtag = route.etag && about.status !== 206 && fieldOf(fields, 'etag') === null
  if (ownEtag) headers.push(await etagOf(copy.bytes))
  const body = textOf(copy.bytes) ?? copy.bytes
  const { use } = storable
  const entry = { stamp, scopes, headers, ...about, ...asMembers(use), ...(ownEtag && { ownEtag }), body }
  const kept = keepable(subject, entry, inputs, recorded)
  if (!kept) return { store: false, reason: 'reads-variable' }
  return { store: true, kept, seconds: secondsToKeep(use, isValidatable(entry)) }
}

/** The language of a response that varies on Accept-Language: whoever wants that most gets this response. */
function languageOf(fields: readonly Field[], inputs: readonly string[]): string[] {
  const language = fieldOf(fields, 'content-language')?.toLowerCase()
  const chosen =
    inputs.includes('header accept-language') && language !== undefined && /^[a-z\d-]+$/.test(language)
  return chosen ? [SPEAKS + language] : []
}

/** The headers that a downstream cache must know of. Nobody learns the names of variables. */
function downstreamVary({ route }: Visit, inputs: readonly string[]): readonly string[] {
  const learned = inputs.filter((input) => input.startsWith('header ')).map((input) => input.slice(7))
  return union(declaredVary(route), learned)
}

function addVary(c: Context, names: readonly string[]): void {
  const missing = without(names, namesOf(c.res.headers.get('vary')))
  if (missing.length > 0) setField(c, 'vary', missing.join(', '), 'append')
}

/** A strong entity tag: the body byte for byte. */
const etagOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Field> => [
  'etag',
  `"${(await sha256Hex(bytes)).slice(0, 32)}"`,
]
