/**
 * What is wrong with an answer, by what the origin has said and by the RFCs' sentences, computed from the origin's own
 * data and with nothing of `src/http`.
 */
import type { CacheOptions } from '../../../src/index.ts'
import { contentComplaints, latin } from './content.ts'
import { type Life, lifeOf, mayBeKept } from './life.ts'
import type { Origin } from './origin.ts'
import type { Asked, Representation } from './pages.ts'
import type { Call } from './story.ts'

export interface Answer {
  readonly call: Call
  /** The request's fields, the client's validators among them. */
  readonly asked: Headers
  /** Its place in the order of all that happens. */
  readonly begun: number
  /** Every time, in milliseconds, that it was while the request was under way. */
  readonly moments: readonly number[]
  readonly status: number
  readonly headers: Headers
  /** `null`: it ended in an error. */
  readonly body: Uint8Array | null
}

/** A clear that has been confirmed. */
export interface Clear {
  readonly covers: (of: Representation) => boolean
  readonly begun: number
  readonly done: number
  /** Milliseconds of wall-clock time. */
  readonly at: number
  readonly isolate: number
}

export interface Known {
  readonly options: CacheOptions
  readonly near: number | null
  readonly latency: boolean
  readonly origin: Origin
  readonly calls: ReadonlyMap<number, Call>
  readonly clears: readonly Clear[]
  /** The calls that were answered by a hit: what was made for them was made behind it. */
  readonly hits: Set<number>
  /** What the answer to a HEAD has told of a later version, when nothing else was under way. */
  readonly heads: { readonly done: number; readonly call: Call; readonly of: Representation }[]
  /** Entity tag that the origin has not made → the whole that it was seen with. */
  readonly ownTags: Map<string, string>
}

interface Said {
  readonly hit: boolean
  readonly collapsed: boolean
  readonly stored: boolean
  readonly fwd: string | undefined
  readonly forwardedStatus: number | undefined
  readonly ttl: number | undefined
  readonly detail: string | undefined
}

export function saidBy(headers: Headers): Said {
  const members = (headers.get('cache-status') ?? '').split('; ')
  const of = (name: string) => members.find((member) => member.startsWith(`${name}=`))?.slice(name.length + 1)
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
  return {
    hit: members.includes('hit'),
    collapsed: members.includes('collapsed'),
    stored: members.includes('stored'),
    fwd: of('fwd'),
    forwardedStatus: number(of('fwd-status')),
    ttl: number(of('ttl')),
    detail: of('detail'),
  }
}

const HOP = ['connection', 'keep-alive', 'x-hop', 'transfer-encoding']

export const askedOf =
  ({ headers, query, body = '' }: Call): Asked =>
  (name) =>
    name === '?x' ? (new URLSearchParams(query).get('x') ?? '') + body : headers[name]

/** The first thing that is wrong with it. */
export const complaintOf = (answer: Answer, known: Known): string | null =>
  complaints(answer, known).next().value ?? null

function* complaints(answer: Answer, known: Known): Generator<string, null> {
  const { call, asked, status, headers, begun } = answer
  const { options, origin, calls } = known
  const standard = options.policy === 'standard'
  const said = saidBy(headers)
  const demands = standard ? (asked.get('cache-control') ?? (asked.has('pragma') ? 'no-cache' : '')) : ''
  const ran = origin.replies.filter((reply) => reply.call === call.id)

  if (said.detail === 'only-if-cached') {
    if (!demands.includes('only-if-cached') || status !== 504) yield 'a 504 that nobody asked for'
    if (ran.length > 0) yield 'only-if-cached has run the handler'
    return null
  }
  const id = headers.get('x-reply')
  if (id === null) {
    if (!ran.some((reply) => reply.status === 0) || status !== 500) yield 'an answer of nobody'
    return null
  }
  const reply = origin.replies[Number(id)]!
  const base = headers.has('x-base') ? origin.replies[Number(headers.get('x-base'))]! : null
  const of: Representation = (base ?? reply).of
  const isCached = said.hit || said.collapsed || said.forwardedStatus !== undefined
  const unsafe = !['GET', 'HEAD', 'QUERY'].includes(call.method)
  if (
    of.version !== reply.of.version ||
    String(of.version) !== headers.get('x-version')!.replace('none', '-1')
  )
    yield 'its fields are of another version than its body'
  if (of.path !== call.path) yield 'it is of another URL'
  if (!isCached && (reply.call !== call.id || reply.read < begun))
    yield 'it says forwarded, and is of another request'
  if (
    demands.includes('only-if-cached') &&
    !asked.has('if-match') &&
    !said.hit &&
    said.fwd !== 'method' &&
    said.fwd !== 'bypass'
  )
    yield 'only-if-cached was forwarded'

  // Its content.
  const mine = (asked: Asked) => latin(origin.represent(of.path, of.version, asked).whole) === latin(of.whole)
  const asking = askedOf(call)
  // Where reads are observed, a body that is not coded is for those as well who would take a coded one.
  const uncoded: Asked = (name) => (name === 'accept-encoding' ? undefined : asking(name))
  if (of.version >= 0 && !mine(asking) && (standard || !mine(uncoded))) yield 'it is of another variant'
  const given = base
    ? base.status === 206 && !calls.get(base.call)!.headers.range
      ? 200
      : base.status
    : reply.status
  if (!unsafe) {
    const mayBeLess =
      given === 206 && (!isCached || calls.get(base!.call)!.headers.range === asked.get('range'))
    yield* contentComplaints(answer, { of, given, known, isCut: !isCached && reply.broken, mayBeLess })
  }

  if (!isCached) return null
  if (unsafe) yield 'an unsafe request was answered from the cache'
  if (!base) yield 'what has no content was stored'
  // May it have been stored?
  for (const source of [base!, reply]) {
    const asker = calls.get(source.call)!
    if (standard && asker.headers['cache-control']?.includes('no-store'))
      yield 'what no-store asked for was stored'
    if (source.status !== 304 && !mayBeKept(source, given, known) && said.forwardedStatus !== 304)
      yield 'what may not be stored was stored'
  }
  if (said.hit) known.hits.add(call.id)
  if (of.version < 0 && known.hits.has(base!.call)) yield 'a refresh that failed was stored'
  if (given === 206 && !standard) yield 'a part was stored'
  if ((call.method === 'QUERY') !== (calls.get(base!.call)!.method === 'QUERY'))
    yield 'it answers another method'
  const { path, query, method } = calls.get(base!.call)!
  if (method === 'POST' && base!.headers.get('content-location') !== path + query)
    yield 'what a POST has answered was taken for the page'
  // Was it cleared?
  for (const { covers, begun: from, done, at, isolate } of known.clears) {
    const isNear =
      isolate !== call.isolate && known.near !== null && answer.moments[0]! - at <= known.near * 1000
    if (done < begun && base!.read < from && covers(of) && !isNear) yield 'it is from before a clear'
  }
  for (const { done, call: head, of: later } of known.heads) {
    const isOfSame = later.path === of.path && later.version > of.version && of.version >= 0
    const isKeyedAlike = keyedOn(options).every((name) => head.headers[name] === call.headers[name])
    if (!said.hit || given !== 200 || !isOfSame || !isKeyedAlike || done > begun) continue
    if (known.near !== null || call.method === 'QUERY') continue
    if (latin(origin.represent(of.path, of.version, askedOf(head)).whole) === latin(of.whole))
      yield 'a HEAD has told of a later version'
  }
  // Its fields.
  for (const name of HOP) if (headers.has(name)) yield `it has ${name}`
  for (const [name, value] of Object.entries(of.fields)) {
    const isLeftOut = name.startsWith('content-') && (status === 304 || status === 416)
    const due = name === 'cache-control' ? (options.cacheControl ?? value) : value
    if (
      name === 'vary'
        ? !value.split(', ').every((one) => headers.get('vary')?.includes(one))
        : !isLeftOut && headers.get(name) !== due
    )
      yield `its ${name} is not that of its version`
  }
  if (headers.get('date') !== reply.headers.get('date')) yield 'its Date is of another reply'
  // Its time.
  const past = answer.moments.filter((moment) => moment >= reply.at)
  const wrong = past.map((moment) => timeComplaint(moment))
  if (wrong.every((complaint) => complaint !== null)) yield wrong[0] ?? 'it is of the future'
  return null

  function timeComplaint(now: number): string | null {
    const life = lifeOf(reply, given, headers.get('expires'), known)
    const resident = (now - reply.at) / 1000
    const left = life.fresh - resident
    const age = life.age + resident
    // Not counted is the time that the rest of a part took, and that which a POST took to clear.
    if (
      (base!.status === 206 && given === 200 && calls.get(base!.call)!.slow === 'body') ||
      (known.latency && base!.method === 'POST')
    )
      return null
    if (!isWhole(Number(headers.get('age')), age))
      return `its Age is ${headers.get('age')}, and it is ${age} old`
    if (said.forwardedStatus === 304)
      return reply.status === 304 && reply.call === call.id && reply.read > begun
        ? null
        : 'nobody has confirmed it'
    // One of which a HEAD has told that it is outdated is stale from then on.
    const isOutdated = origin.replies.some(
      ({ method, of: later }) => method === 'HEAD' && later.path === of.path && later.version > of.version,
    )
    if (said.detail === 'stale-if-error' && isOutdated && said.ttl! <= left) return null
    if (!isWhole(said.ttl, left)) return `its ttl is ${said.ttl}, and should be ${left}`
    return useComplaint(life, said.collapsed ? 0 : resident)
  }

  /** What is shared is judged as it was made: its body may take longer than it lives. */
  function useComplaint(life: Life, resident: number): string | null {
    const left = life.fresh - resident
    const age = life.age + resident
    const seconds = (name: string) => {
      const [, value] = new RegExp(`${name}=(\\d+)`).exec(demands) ?? []
      return value === undefined ? null : Number(value)
    }
    if (said.detail === 'stale-if-error') {
      const failed = ran.some((run) => run.read > begun && (run.status >= 500 || run.status === 0))
      if (!failed) return 'it stands in for no failure'
      if (life.strict) return 'it stands in and may not be stale'
      return life.ifError > 0 && -left <= life.ifError ? null : 'it stands in past stale-if-error'
    }
    if (demands.includes('no-cache')) return 'no-cache was not heeded'
    const [maxAge, minFresh, maxStale] = [seconds('max-age'), seconds('min-fresh'), seconds('max-stale')]
    if (maxAge !== null && age > maxAge) return 'it is older than the client wants'
    if (minFresh !== null && left < minFresh) return 'it is less fresh than the client wants'
    if (life.validate) return 'it was not validated'
    if (said.hit && left > 0 && options.refreshAhead === undefined && ran.length > 0)
      return 'a hit has run the handler'
    if (left > -1e-6) return null
    if (life.strict) return 'it is stale and must not be'
    if (life.hasLife && demands.includes('max-stale') && (maxStale === null || -left <= maxStale)) return null
    return life.whileRevalidating > 0 && -left <= life.whileRevalidating ? null : 'it is stale'
  }
}

/** What the route itself keys its pages on: of another of these a HEAD says nothing. */
const keyedOn = ({ vary = [] }: CacheOptions): readonly string[] => vary as readonly string[]

const isWhole = (value: number | undefined, exact: number): boolean =>
  value === Math.floor(exact + 1e-6) || value === Math.floor(exact - 1e-6)
