/**
 * Learned inputs of a request and their values: `header <name>`, `var <name>`, `anonymous`, and `speaks <language>`.
 *
 * Each value is taken once, and those of a record before the handler runs: what it changes afterwards is not what
 * its response was made from.
 */

import type { Context } from 'hono'
import { type Field, fieldOf } from '../http/fields.ts'
import { normaliseLanguages, normaliseList, preferred } from '../http/language.ts'
import { isGetOrHead } from '../http/methods.ts'
import { behind } from '../key/names.ts'
import { hasMembers, plainText } from '../key/plain.ts'
import type { Subject } from '../key/subject.ts'
import { covers, type Route } from '../options/route.ts'

/**
 * Whether the request brings credentials, or a body, that the key does not cover. Where it brings none, its value is the
 * headers by which it may say more of the caller than browsers and proxies say of everybody: as a value, for their names
 * are the client's to make up, and those of inputs are recorded for all.
 */
export const ANONYMOUS = 'anonymous'

/** Its value, and that of a credential, where there is some: no field can hold a line break. */
export const PRESENT = '\n'

/** What HTTP itself interprets, and what only traces a request: the same response either way. */
export const INTERPRETED =
  /^(if-(none-)?match|if-(un)?modified-since|if-range|range|cache-control|pragma|traceparent|tracestate|b3|x-b3-.+|sentry-trace|x-request-id|x-correlation-id|x-amzn-trace-id|x-cloud-trace-context|cf-ray)$/

/**
 * What is no id, no coding and no directive. A header that makes no difference is a stranger's to fill, and a route may put
 * it into its page: what it makes of such a text is nobody else's.
 */
export const isMadeUp = (value: unknown): boolean =>
  hasMembers(value) || /[^\w\-.~:;,=+*/@|#!% ]/.test(String(value))

/** Conditions and ranges, which the handler of a GET is not shown; an entity tag may have any characters. */
export const isHidden = (name: string, { method }: Request): boolean =>
  isGetOrHead(method) && /^(if-|range$)/.test(name)

/** What every browser sends and every proxy adds. */
const COMMON =
  /^(accept|accept-(charset|encoding|language)|connection|content-(length|type)|dnt|forwarded|host|keep-alive|origin|priority|referer|save-data|sec-(ch|fetch)-.+|sec-gpc|sec-purpose|te|upgrade-insecure-requests|user-agent|via|x-forwarded-(for|host|port|prefix|proto|scheme|server|ssl)|x-real-ip|true-client-ip|cdn-loop|cf-(connecting-ip|connecting-ipv6|ew-via|ipcountry|visitor|worker)|fly-(client-ip|forwarded-.+|region|request-id)|rndr-id|x-vercel-(id|ip-.+|forwarded-for)|x-(azure|datadog|envoy|nf|railway)-.+|x-amz-cf-id|x-arr-log-id|x-deno-ray|x-request-start)$/

/**
 * What is no list "according to the header field's specification" (RFC 9111 §4.1), so that the space beside a comma may
 * mean something. A field of which nobody knows any is taken for a list, as every recipient may that joins its lines.
 */
const NO_LIST = /^(cookie|(proxy-)?authorization|referer|origin|host|from|.*-agent|.*-(id|key|token|user))$/

/** `speaks de`: the route has answered in that language, so that a request for it needs no header of its own. */
export const SPEAKS = 'speaks '

/** Begins the value of an Accept-Language that wants such a language most; no field can hold a line break. */
const SPOKEN = '\n'

/** Whether a response is in another language than the one that its request is keyed by. */
export function speaksAnother(
  subject: Subject,
  inputs: readonly string[],
  fields: readonly Field[],
): boolean {
  const input = 'header accept-language'
  // Not for each that is stored: by a name cut out of a longer string, Node's Headers lose their fast path for good.
  const value = inputs.includes(input) ? subject.valueOf(input, inputs) : null
  if (!value?.startsWith(SPOKEN)) return false
  return value !== SPOKEN + fieldOf(fields, 'content-language')?.toLowerCase()
}

const CREDENTIALS: readonly string[] = ['authorization', 'proxy-authorization', 'cookie']

export const isCredential = (name: string): boolean => CREDENTIALS.includes(name)

/**
 * The credentials of the request that the key does not cover.
 *
 * @param named headers that are in the key besides
 */
export const uncovered = (headers: Headers, route: Route, named: readonly string[] = []): string[] =>
  CREDENTIALS.filter((name) => headers.has(name) && !covers(route, name) && !named.includes(name))

/**
 * A GET means nothing by its body, so that no key covers it; but Workers hand on the one that a client has sent. Not
 * asked of a class of an adapter's own: Node's gives a GET none, and would make the whole request to say so.
 */
export const hasStrayBody = (request: Request): boolean =>
  isGetOrHead(request.method) && Object.getPrototypeOf(request) === Request.prototype && mayHaveBody(request)

/** Where nobody can ask for it, there may be one: the request of itty-router throws where it has none. */
function mayHaveBody(request: Request): boolean {
  try {
    return request.body !== null
  } catch {
    return true
  }
}

/** Its headers that are neither common nor covered, as a text; `null` where there are none. */
function uncommon(headers: Headers, route: Route): string | null {
  const fields = [...headers].filter(
    ([name]) => !COMMON.test(name) && !INTERPRETED.test(name) && !covers(route, name),
  )
  return fields.length > 0 ? JSON.stringify(fields.sort()) : null
}

/**
 * The values of one request, read from the Context as it is now, before anybody observes it.
 *
 * @param excluded variables that have the same value for all: a record may be of a time when they were none of these
 */
export function inputsOf(c: Context, route: Route, excluded: readonly string[] = []): Subject['valueOf'] {
  const get: (this: Context, name: string) => unknown = c.get
  const { raw } = c.req
  const { headers } = raw
  let values: Map<string, string | null | undefined> | undefined

  /** A selecting header as it was sent or, where the policy says so, by what it means (RFC 9111 §4.1). */
  function selecting(name: string, among: readonly string[]): string | null {
    const value = headers.get(name)
    // Of a credential only whether there is one: what is made of its value is not stored, unless the policy keys on it.
    if (value !== null && isCredential(name) && !route.profile.variesOnCredentials) return PRESENT
    // Of what is not ASCII nobody knows how it is read, nor whether what looks like a space is one.
    if (value === null || !route.profile.normalises || /[^\t -~]/.test(value)) return value
    if (name !== 'accept-language') return NO_LIST.test(name) ? value.trim() : normaliseList(value)
    const language = preferred(value, behind(SPEAKS, among))
    return language === null ? normaliseLanguages(value) : SPOKEN + language
  }

  function take(input: string): string | null | undefined {
    if (input === ANONYMOUS)
      return uncovered(headers, route).length > 0 || hasStrayBody(raw) ? PRESENT : uncommon(headers, route)
    if (input.startsWith(SPEAKS)) return null
    const name = input.slice('var '.length)
    // One that no value has, nor its absence.
    if (excluded.includes(name)) return ''
    const value = get.call(c, name)
    return value === undefined ? null : plainText(value)
  }

  return (input, among) => {
    // Headers do not change, and what one of them means depends on what else is asked for.
    if (input.startsWith('header ')) return selecting(input.slice('header '.length), among)
    values ??= new Map()
    if (!values.has(input)) values.set(input, take(input))
    return values.get(input)
  }
}
