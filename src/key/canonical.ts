/**
 * Request → canonical text → key.
 *
 * The canonical text describes everything that the response may depend on, as JSON arrays, so that two requests
 * have one text only if they are the same in all of it. The key is its MD5, which is compression and not identity:
 * the text is stored in the entry and compared. Both are the same bytes on every runtime.
 */

import { encodeName } from '../store/scope.ts'
import { md5 } from './md5.ts'

/** Which part of the query belongs to the key: all, none, only these names, all but these. */
export type QueryRule =
  | boolean
  | { readonly only: readonly string[] }
  | { readonly ignore: readonly string[] }

/** A further input and its value: a header, a cookie, a variable. `null`: the request has none. */
export type Input = readonly [name: string, value: string | null]

/** A URL in the parts that matter, normalised as the URL standard does. */
export interface UrlParts {
  readonly origin: string
  readonly path: string
  /** What stands behind `?`, undecoded. */
  readonly query: string
  /** From `#` on, also where nothing follows. No client sends one, but an older Hono takes it for a part of the query. */
  readonly fragment: string
  /** The URL as it came, where it has something that the standard leaves out or encodes, and no client sends. */
  readonly bare?: string
}

/**
 * What is already normal: a lower-case host name, no default port, nothing that the URL standard would encode, no dot
 * segment. Node's adapter hands the `Host` header on as it came, so that not even a `Request.url` can be trusted to
 * be normal. A host that may be an address (`127.1`) is left to the standard.
 */
const NORMAL =
  /^(https?:\/\/(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?::(?!0|80\/|443\/)[1-5]?\d{1,4})?)(\/(?!\.)(?:[\w\-~!$&'()*+,;=:@.]|\/(?!\.))*)(?:\?([!$-&(-;=?-~]*))?$/

/**
 * A name or a password before the host, and what would end an attribute or begin a tag: a quote is itself in a path, but
 * not in a query. Deno hands all that on as it came, in the `Host` header, too; and a route may put its URL into a page.
 */
const BARE = /["<>]|^[^?#]*\?[^#]*'|^\w+:\/\/[^/?#]*@/

export function splitUrl(url: string): UrlParts {
  const normal = NORMAL.exec(url)
  if (normal) return { origin: normal[1]!, path: normal[2]!, query: normal[3] ?? '', fragment: '' }
  const { protocol, host, pathname, search, hash } = new URL(url)
  return {
    origin: `${protocol}//${host}`,
    // The standard encodes it as of 2023; Deno does not yet.
    path: pathname.replaceAll('^', '%5E'),
    query: search.slice(1),
    fragment: url.includes('#') ? hash || '#' : '',
    ...(BARE.test(url) && { bare: url }),
  }
}

/**
 * The query as pairs, sorted by name, repeated values in their order, decoded as the URL standard decodes them.
 * Sorted by UTF-16 unit, as `URLSearchParams.sort` does: the order of no locale.
 */
export function canonicalQuery(query: string, rule: QueryRule): string[] {
  if (query === '' || rule === false) return []
  const flat = keyedPairs(query, rule)
  // All bytes that are no UTF-8 decode to U+FFFD, but Hono's `query()` leaves them encoded and tells them apart. It may
  // also find one of two parameters of a name by how that is written, and an older one also inside the value of another.
  if (flat.some((text) => text.includes('\ufffd')) || writesNamesTwice(query, flat) || nests(query, rule))
    flat.push(query)
  return flat
}

/**
 * Whether a value has a `?` or `;` and a name of ours behind it: to Hono 4.10.0 `a=?b=1` has a parameter `b`, and so has
 * `a=;b=1` to an origin of Ruby or Python of before 2021, which a route may hand its query on to.
 */
function nests(query: string, rule: QueryRule): boolean {
  return [...query.matchAll(/[?;]([^=&?;]*)/g)].some(([, name]) => keyedPairs(`${name}=`, rule).length > 0)
}

/** Whether a name comes more than once and one is not written as it is read. */
function writesNamesTwice(query: string, flat: readonly string[]): boolean {
  if (!flat.some((name, i) => i % 2 === 0 && name === flat[i - 2])) return false
  return /(?:^|&)[^=&]*[%+]/.test(query)
}

/** One pair in which there is nothing to decode and nothing to sort. */
const PLAIN_PAIR = /^([\w\-.~]+)=([\w\-.~:,@/]*)$/

function sortedPairs(query: string): Iterable<readonly [name: string, value: string]> {
  const plain = PLAIN_PAIR.exec(query)
  if (plain) return [[plain[1]!, plain[2]!]]
  // It drops one leading question mark, and a query may have one of its own: `??a=1` has a parameter `?a`.
  const pairs = new URLSearchParams(`?${query}`)
  // Not by its own `sort()`: that of workerd puts a name which is no UTF-8 elsewhere.
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : +(a > b)))
}

function keyedPairs(query: string, rule: QueryRule): string[] {
  const flat: string[] = []
  for (const [name, value] of sortedPairs(query)) if (isKeyed(name, rule)) flat.push(name, value)
  return flat
}

function isKeyed(name: string, rule: QueryRule): boolean {
  if (typeof rule === 'boolean') return rule
  return 'only' in rule ? rule.only.includes(name) : !rule.ignore.includes(name)
}

export interface Description {
  /** `GET` for `HEAD`: both are answered from one entry. */
  readonly method: string
  readonly url: UrlParts
  /** The path by which the app has found its route, where it takes that from elsewhere (`getPath`). */
  readonly routed?: string | undefined
  readonly queryRule: QueryRule
  /** The static or built key that stands for the URL. */
  readonly key: string | undefined
  readonly inputs: readonly Input[]
  /** Content type, coding and SHA-256 of the request body, for methods that have one. */
  readonly body: string | null
  /**
   * How many `cache()` further out look this request up as well. They must not find what this one stores: what stands
   * between, such as authentication, would not run.
   */
  readonly depth: number
}

export function canonicalText(description: Description): string {
  const { method, url, routed, queryRule, key, inputs, body, depth } = description
  const below = depth > 0 ? [['depth', depth]] : []
  if (key !== undefined) return JSON.stringify(['key', method, key, inputs, body, ...below])
  const { origin, path, query, fragment, bare } = url
  const parts: unknown[] = [method, origin, path, canonicalQuery(query, queryRule), inputs, body]
  // The query as it came: where it ends there, nothing that the rule leaves out or sorts can be told from the rest.
  if (fragment !== '') parts.push(query + fragment)
  if (routed !== undefined) parts.push(['path', routed])
  if (bare !== undefined) parts.push(['url', bare])
  parts.push(...below)
  return JSON.stringify(parts)
}

/** The name under which the canonical text is looked up. A static key stays readable while nothing else matters. */
export function keyOf(text: string, { method, key, inputs, body, depth }: Description): string {
  if (key === undefined) return md5.hex(text)
  // One that a client has made to look like an MD5 must not take the place of another's entry.
  const plain =
    method === 'GET' && inputs.length === 0 && body === null && depth === 0 && !/^[\da-f]{32}$/.test(key)
  return plain ? encodeName(key) : `${encodeName(key)}:${md5.hex(text)}`
}

/** The text of one variant: the primary's text, and the inputs that it was learned to depend on. */
export function variantText(text: string, inputs: readonly Input[]): string {
  return JSON.stringify([text, inputs])
}
