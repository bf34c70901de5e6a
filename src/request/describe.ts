/**
 * A request, described: what of it is part of the key, and which scopes it has; or why it cannot be described.
 */

import type { Context } from 'hono'
import { readBounded } from '../body.ts'
import { atOnce, mistakeOf } from '../callbacks.ts'
import { isText } from '../checking.ts'
import type { BypassReason } from '../events.ts'
import { cookieValues } from '../http/cookies.ts'
import { isGetOrHead } from '../http/methods.ts'
import type { Recent } from '../isolate/recent.ts'
import { canonicalText, type Description, type Input, keyOf, splitUrl } from '../key/canonical.ts'
import { hasMembers, plainText } from '../key/plain.ts'
import { sha256Hex } from '../key/sha256.ts'
import type { Subject } from '../key/subject.ts'
import { inputsOf } from '../learn/inputs.ts'
import { isOfEveryObject } from '../learn/noticing.ts'
import { notPlain } from '../learn/reads.ts'
import { isKeyedByUrl, type Route } from '../options/route.ts'
import { EVERYTHING, entryName, keyScope, pathScope, tagScopes } from '../store/scope.ts'
import { routedElsewhere } from './routed.ts'

/** Why a request is left alone. */
export interface Refusal {
  readonly reason: BypassReason
  readonly detail?: string
}

type Described = Subject | Refusal

/** A subject but for what differs between requests of one URL. */
type Name = Omit<Subject, 'valueOf'>

/** What a URL means to a route that keys on nothing else, for an app that has found it by that path. */
export interface Named {
  readonly route: Route['id']
  readonly path: string
  readonly name: Name
}

/** What a request is described by. */
interface Asked {
  readonly c: Context
  readonly route: Route
  readonly state: { readonly options: { readonly exclude?: readonly string[] } }
  readonly connection: { readonly names: Recent<Named> }
  readonly depth: number
}

/** The request described as one of the same URL was, at once; `null` where there was none. */
export function describeAgain(asked: Asked): Described | null {
  const { c, route, connection, depth } = asked
  if (!isGetOrHead(c.req.method) || depth > 0 || otherHost(asked) !== null) return null
  const named = connection.names.get(c.req.raw.url)
  if (named?.route !== route.id || named.path !== c.req.path) return null
  return withTags(asked, named.name)
}

/** The request as a subject, or why it is left alone. May throw what a callback of the route throws. */
export async function describe(
  asked: Asked,
  method = asked.c.req.method === 'HEAD' ? 'GET' : asked.c.req.method,
): Promise<Described> {
  const { c, route, state, connection, depth } = asked
  const { exclude = [] } = state.options
  const inputs: Input[] = []
  const host = otherHost(asked)
  if (host !== null) inputs.push(['header host', host])
  for (const name of route.headers) inputs.push([`header ${name}`, c.req.raw.headers.get(name)])
  for (const name of route.cookies) {
    const values = cookieValues(c.req.raw.headers.get('cookie'), name)
    inputs.push([`cookie ${name}`, values.length > 0 ? values.join('; ') : null])
  }
  for (const path of route.vars) {
    // A member that the route names is in the key even where the whole is a dependency.
    if (exclude.includes(path)) continue
    let value: unknown
    let text: string | undefined
    try {
      value = variable(c, path)
      text = plainText(value)
    } catch (cause) {
      return { reason: 'variable', detail: mistakeOf(`the variable ${path}, when it was read,`, cause) }
    }
    if (value === undefined || value === null) return { reason: 'variable', detail: noValue(path) }
    if (text === undefined) return { reason: 'variable', detail: `vary.vars names ${notPlain([path])}` }
    inputs.push([`var ${path}`, text])
  }

  const key = route.keyBuilder ? await route.keyBuilder(c) : route.key
  if (route.keyBuilder && !isText(key)) return { reason: 'no-key' }

  const body = method === 'GET' ? null : await digest(c, route.maxBodyBytes)
  if (body === undefined) return { reason: 'request-body' }

  const url = splitUrl(c.req.raw.url)
  const description: Description = {
    method,
    url,
    routed: routedElsewhere(c, url),
    queryRule: route.query,
    key: key ?? undefined,
    inputs,
    body,
    depth,
  }
  const text = canonicalText(description)
  const { namespace } = route
  const scopes = [EVERYTHING, route.namespaceScope, pathScope(url.path)]
  if (typeof key === 'string') scopes.push(keyScope(namespace, key))
  const named = keyOf(text, description)
  const name: Name = { namespace, key: named, name: entryName(namespace, named), text, scopes }
  if (method === 'GET' && depth === 0 && host === null && isKeyedByUrl(route)) {
    connection.names.set(c.req.raw.url, { route: route.id, path: c.req.path, name })
  }
  return withTags(asked, name)
}

/**
 * The `Host` of a request that has another one in its URL. Node and Deno take that from a request line that names one,
 * Node and Bun take the first of two. No response names it in its `Vary`, because it is a part of every URL; and a route
 * that is observed is seen to read it.
 */
function otherHost({ c: { req }, route }: Asked): string | null {
  const host = route.autoVary ? null : req.raw.headers.get('host')
  return host === req.raw.url.split('/', 3)[2] ? null : host
}

const noValue = (path: string): string =>
  `the variable ${path} has no value; set it above cache(), to a word such as 'nobody' for those who have none`

export const NO_TAG = 'its tags are not all strings'

function withTags({ c, route, state }: Asked, name: Name): Described {
  const tags = typeof route.tags === 'function' ? atOnce(route.tags(c)) : route.tags
  const added = tagScopes(tags)
  if (!added) return { reason: 'no-tag', detail: NO_TAG }
  // A copy in any case: what is remembered must not be in anybody's hands.
  const scopes = [...name.scopes, ...added]
  return { ...name, scopes, valueOf: inputsOf(c, route, state.options.exclude) }
}

/** A context variable, or a member inside one: `user.id`. */
function variable(c: Context, path: string): unknown {
  const whole: unknown = c.get(path)
  if (whole !== undefined) return whole
  const [name, ...members] = path.split('.')
  let value: unknown = c.get(name!)
  for (const member of members) {
    // A model's accessors are its class's, which is not what every object has.
    if (!hasMembers(value) || isOfEveryObject(value, member)) return undefined
    value = (value as Record<string, unknown>)[member]
  }
  return value
}

/** For so long the handler waits until the whole body is there; it could have answered at once. */
const MOST_BODY_MS = 2_000

/** Content type, content coding and SHA-256 of the body; `undefined`: it is too large, too slow or was read past us. */
async function digest(c: Context, most: number): Promise<string | undefined> {
  const { raw } = c.req
  let bytes: BufferSource
  if (raw.bodyUsed) {
    // A validator above has read it through Hono, which keeps what it read.
    if (Object.keys(c.req.bodyCache).length === 0) return undefined
    bytes = await keptBody(c)
    if (bytes.byteLength > most) return undefined
  } else {
    const clone = raw.clone()
    // That of `@whatwg-node/server` gives itself: what is read here, the handler would not get.
    if (clone === raw) return undefined
    const copy = await readBounded(clone.body, most, MOST_BODY_MS)
    if ('failed' in copy) return undefined
    bytes = copy.bytes
    // Read by the server around the app, as Express does: the adapter gives what is left.
    if (bytes.byteLength === 0 && Number(raw.headers.get('content-length')) > 0) return undefined
  }
  const { headers } = raw
  return JSON.stringify([
    headers.get('content-type'),
    headers.get('content-encoding'),
    await sha256Hex(bytes),
  ])
}

/** The body as Hono has kept it. A form it would write anew, between boundaries that differ each time. */
async function keptBody({ req }: Context): Promise<ArrayBuffer> {
  if (Object.keys(req.bodyCache)[0] !== 'formData') return req.arrayBuffer()
  const fields = [...(await req.formData())]
  const names = fields.map(([name, value]) =>
    typeof value === 'string' ? [name, value] : [name, value.name, value.type, value.size],
  )
  return new Blob([JSON.stringify(names), ...fields.map(([, value]) => value)]).arrayBuffer()
}
