/**
 * Stores the handler's response: a copy is read beside the client's and committed behind the response.
 *
 * The copy is read at once and bounded: one made only as the client reads would, where nobody reads the body, never
 * be stored. Bounded in time as well, since a body without end runs on for as long as anybody reads it. Tags, `skip()`
 * and reads count until the body ends, for a streamed body may learn late what it is made of.
 */

import type { Context } from 'hono'
import { readBounded } from '../body.ts'
import { textOf } from '../entry/entry.ts'
import { asMembers } from '../entry/freshness.ts'
import type { CacheStatus } from '../http/cache-status.ts'
import { isKeptBack } from '../http/downstream.ts'
import { type Field, fieldOf, fieldsOfEntry, namesOf } from '../http/fields.ts'
import type { Usefulness } from '../http/policy.ts'
import { behind, union, without } from '../key/names.ts'
import { sha256Hex } from '../key/sha256.ts'
import { SPEAKS } from '../learn/inputs.ts'
import { declaredVary } from '../options/route.ts'
import type { Keepable } from '../protocol/keep.ts'
import { copyOfFetched, isDecoded, mayBeCodedAlready } from '../respond/fetched.ts'
import { isForeign } from '../respond/foreign.ts'
import { replaceResponse, setField } from '../respond/saying.ts'
import type { Before, Visit } from '../visit.ts'
import { commit, tellNotStored } from './committing.ts'
import type { Run } from './run.ts'
import {
  abandoned,
  inputsFrom,
  mayBeStored,
  type NotStorable,
  refusedSoFar,
  sent,
  toKeep,
  valuesOf,
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
  if (run.nothing)
    return notStored(visit, before, run, { reason: 'error', detail: 'the handler gave nothing' })
  if (visit.asked.method === 'HEAD') return notStored(visit, before, run, { reason: 'head' })
  const fields = fieldsOfEntry(c.res.headers, run.above, !run.reads)
  const use = mayBeStored(visit, run, before, c.res, fields)
  if ('reason' in use) return notStored(visit, before, run, use)
  if (Number(c.res.headers.get('content-length')) > route.maxBodyBytes)
    return notStored(visit, before, run, { reason: 'too-large' })
  let ours: Response | undefined
  try {
    // A clone of a foreign one may read the very body that the client is sent. And by one field Node's adapter knows that
    // it has nothing to send, since the route has, past Hono (`RESPONSE_ALREADY_SENT`).
    if (!isForeign(c.res) && !c.res.headers.has('x-hono-already-sent')) ours = c.res.clone()
  } catch {}
  if (!ours || ours === c.res) return notStored(visit, before, run, sent)
  const committing = makeEntry(visit, before, run, { ours, fields, use })
    // Nobody may wait for what will not come, least of all the end of the client's body.
    .catch((): NotStorable => ({ reason: 'error' }))
    .then((made) => commitVariant(visit, before, made))
  state.background(committing)
  addVary(c, downstreamVary(visit, [...before.recorded, ...inputsFrom(visit, run, fields)]))
  // A body that still reads may turn out to be one client's: browsers are told only what is certain.
  if (route.cacheControl !== undefined && run.complete && !isKeptBack(fields, run.above))
    setField(c, 'cache-control', route.cacheControl)
  return { stored: true, committing }
}

function notStored(visit: Visit, before: Before, run: Run, why: NotStorable): CacheStatus {
  run.end()
  tellNotStored(visit, before, why)
  return { detail: why.reason }
}

/** A response that may be stored, as far as can be told before its body has ended. */
interface Storable {
  /** A copy that is ours to read. */
  readonly ours: Response
  readonly fields: readonly Field[]
  readonly use: Usefulness
}

/** Resolves to whether it has been stored, and counts it where it is one more variant of the same inputs. */
async function commitVariant(visit: Visit, before: Before, made: Keepable | NotStorable): Promise<boolean> {
  const { path, variants } = visit
  const { subject, recorded, need } = before
  const stored = await commit(visit, before, made)
  if (stored && need === 'vary-miss' && 'inputs' in made && made.inputs.length === recorded.length)
    variants.made(path, valuesOf(subject, made.inputs), Date.now())
  return stored
}

/** Reads the copy, and makes of it the entry that is to be kept; or says why there is none after all. */
async function makeEntry(
  visit: Visit,
  { subject, recorded }: Before,
  run: Run,
  { ours, fields, use }: Storable,
): Promise<Keepable | NotStorable> {
  const { c, asked, route, state } = visit
  const { res } = c
  const { status, headers: given } = res
  const made = Date.now()
  const range = asked.headers.get('range')
  const length = given.has('content-encoding') ? null : given.get('content-length')
  const copy = await readBounded(ours.body, route.maxBodyBytes, MOST_MILLISECONDS).finally(() => run.end())
  if ('failed' in copy) {
    const { failed, ...detail } = copy
    if (failed === 'cut-short' && run.abandoned()) return abandoned
    return { reason: failed, ...detail }
  }
  const refused = refusedSoFar(visit, run)
  if (refused) return refused
  // "incomplete if the size of the message body received (in octets) is less than the value given by Content-Length" (RFC
  // 9112 §8); one that was coded on the way here counts other octets.
  if (length !== null && Number(length) !== copy.bytes.length) return { reason: 'cut-short' }
  if (mayBeCodedAlready(res, copy.bytes)) return { reason: 'error', detail: CODED }
  const { stamp } = run.parts
  if (stamp === null) return { reason: 'lost' }
  const scopes = union(subject.scopes, [...state.making.scopes, ...run.parts.scopes])

  const inputs = inputsFrom(visit, run, fields)
  if (route.profile.normalises) inputs.push(...languageOf(fields, inputs, recorded))
  const headers = fields.filter(([name]) => name !== 'vary')
  const vary = union(namesOf(fieldOf(fields, 'vary')), downstreamVary(visit, [...recorded, ...inputs]))
  if (vary.length > 0) headers.push(['vary', vary.join(', '), 'append'])
  const ownEtag = route.etag && status !== 206 && fieldOf(fields, 'etag') === null
  if (ownEtag) headers.push(await etagOf(copy.bytes))
  const entry = {
    stamp,
    scopes,
    headers,
    status,
    made,
    ...(range !== null && { range }),
    ...asMembers(use),
    ...(ownEtag && { ownEtag }),
    body: textOf(copy.bytes) ?? copy.bytes,
  }
  return toKeep(subject, entry, inputs, recorded)
}

/**
 * The language of a response that varies on Accept-Language: whoever wants that most gets this response. A handler may
 * name whatever it is asked for, and what is recorded has an end: others are known by how they are asked for.
 */
function languageOf(
  fields: readonly Field[],
  inputs: readonly string[],
  recorded: readonly string[],
): string[] {
  const language = fieldOf(fields, 'content-language')?.toLowerCase()
  const chosen =
    inputs.includes('header accept-language') && language !== undefined && /^[a-z\d-]{1,35}$/.test(language)
  return chosen && behind(SPEAKS, recorded).length < MOST_LANGUAGES ? [SPEAKS + language] : []
}

const MOST_LANGUAGES = 32

const CODED = 'its body may be coded already, which Workers do not tell'

/** The headers that a downstream cache must know of. Nobody learns the names of variables. */
const downstreamVary = ({ route }: Visit, inputs: readonly string[]): readonly string[] =>
  union(declaredVary(route), behind('header ', inputs))

function addVary(c: Context, names: readonly string[]): void {
  const missing = without(names, namesOf(c.res.headers.get('vary')))
  if (missing.length > 0) setField(c, 'vary', missing.join(', '), 'append')
}

/** A strong entity tag: the body byte for byte. */
const etagOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Field> => [
  'etag',
  `"${(await sha256Hex(bytes)).slice(0, 32)}"`,
]
