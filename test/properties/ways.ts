/**
 * The ways in which a handler reads its request: each kind of input, by every road that leads to it.
 *
 * Everything is named, so that a route can be written down as plain data, and nothing needs one of the runtimes.
 */
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { proxy } from 'hono/proxy'
import type { WorldEnv } from './world.ts'

export type Ctx = Context<WorldEnv>
type Value = unknown

/** Ways to one header. */
export const HEADER_WAYS = {
  'c.req.header': (c: Ctx, name: string) => c.req.header(name),
  'in capitals': (c: Ctx, name: string) => c.req.header(name.toUpperCase()),
  'raw.headers.get': (c: Ctx, name: string) => c.req.raw.headers.get(name),
  'raw.headers.has': (c: Ctx, name: string) => c.req.raw.headers.has(name),
  'headers kept for later': async (c: Ctx, name: string) => {
    const { headers } = c.req.raw
    await Promise.resolve()
    return headers.get(name)
  },
  'request kept for later': async (c: Ctx, name: string) => {
    const request = c.req.raw
    await Promise.resolve()
    return request.headers.get(name)
  },
  'header function taken off': (c: Ctx, name: string) => {
    const header: (this: Ctx['req'], name: string) => unknown = c.req.header
    return header.call(c.req, name)
  },
  'c.req.valid': (c: Ctx, name: string) => validated(c, 'header')[name],
} satisfies Record<string, (c: Ctx, name: string) => Value>

/** Ways to one cookie. Those of `ALONE` ask for no other, and show only what `vary.cookies` leaves. */
export const COOKIE_WAYS = {
  getCookie: (c: Ctx, name: string) => getCookie(c, name),
  'c.req.valid': (c: Ctx, name: string) => validated(c, 'cookie')[name],
  'getCookie of all': (c: Ctx) => sorted(Object.entries(getCookie(c))),
  'the field': (c: Ctx) => c.req.header('cookie'),
  'the raw field': (c: Ctx) => c.req.raw.headers.get('Cookie'),
} satisfies Record<string, (c: Ctx, name: string) => Value>

export const ALONE: readonly string[] = ['getCookie', 'c.req.valid']

/** Ways to one variable that middleware above has set. */
export const VARIABLE_WAYS = {
  'c.get': (c: Ctx, name: string) => c.get(name as 'user'),
  'c.var': (c: Ctx, name: string) => c.var[name as 'user'],
  'c.get taken off': async (c: Ctx, name: string) => {
    const { get } = c
    await Promise.resolve()
    return get(name as 'user')
  },
  'c.var kept for later': async (c: Ctx, name: string) => {
    const all = c.var
    await Promise.resolve()
    return all[name as 'user']
  },
  'a spread of c.var': (c: Ctx, name: string) => ({ ...c.var })[name as 'user'],
  'the entries of c.var': (c: Ctx, name: string) => new Map<string, unknown>(Object.entries(c.var)).get(name),
  'its descriptor': (c: Ctx, name: string) => Object.getOwnPropertyDescriptor(c.var, name)?.value,
  'c.get, after c.set of another': (c: Ctx, name: string) => {
    c.set('mine', 1)
    return c.get(name as 'user')
  },
} satisfies Record<string, (c: Ctx, name: string) => Value>

/** Ways to see which variables there are. */
export const NAMES_WAYS = {
  in: (c: Ctx) => ['user', 'tenant', 'theme'].filter((name) => name in c.var),
  'Object.keys': (c: Ctx) => plainNames(Object.keys(c.var)),
  'Reflect.ownKeys': (c: Ctx) => plainNames(Reflect.ownKeys(c.var).map(String)),
  'JSON of some': (c: Ctx) => JSON.stringify(c.var, ['tenant', 'theme', 'locale']),
} satisfies Record<string, (c: Ctx) => Value>

/** Ways to the whole request; what HTTP itself interprets is left out of the answer. */
export const WHOLE_WAYS = {
  'c.req.header of all': (c: Ctx) => told(Object.entries(c.req.header())),
  'the headers, iterated': (c: Ctx) => told([...c.req.raw.headers]),
  'each header': (c: Ctx) => {
    const all: [string, string][] = []
    c.req.raw.headers.forEach((value, name) => void all.push([name, value]))
    return told(all)
  },
  'the keys': (c: Ctx) => told([...c.req.raw.headers.keys()].map((name) => [name, ''])),
  'new Headers': (c: Ctx) => told([...new Headers(c.req.raw.headers)]),
  'a clone': (c: Ctx) => (c.req.raw.bodyUsed ? null : told([...c.req.raw.clone().headers])),
  'new Request': (c: Ctx) => (c.req.method === 'POST' ? null : told([...new Request(c.req.raw).headers])),
  'new Request with it as options': (c: Ctx) =>
    told([...new Request('http://else.test/', { headers: c.req.raw.headers }).headers]),
  'c.req.raw handed on': async (c: Ctx) => told(await namesSeenBy(c.req.raw)),
  proxy: async (c: Ctx) => {
    const customFetch = async (request: Request) => new Response(JSON.stringify(told([...request.headers])))
    if (c.req.method === 'POST') return null
    return (await proxy('http://origin.test/', { raw: c.req.raw, customFetch } as never)).text()
  },
  'c.env': (c: Ctx) => c.env.incoming.headers.cookie,
} satisfies Record<string, (c: Ctx) => Value>

export const QUERY_WAYS = {
  'c.req.query': (c: Ctx, name: string) => c.req.query(name),
  'c.req.queries': (c: Ctx, name: string) => c.req.queries(name),
  'c.req.query of all': (c: Ctx, name: string) => c.req.query()[name],
  'c.req.valid': (c: Ctx, name: string) => validated(c, 'query')[name],
  'the URL': (c: Ctx, name: string) => new URL(c.req.url).searchParams.getAll(name),
  'the raw URL': (c: Ctx, name: string) => new URL(c.req.raw.url).searchParams.getAll(name),
} satisfies Record<string, (c: Ctx, name: string) => Value>

export const PATH_WAYS = {
  'c.req.param': (c: Ctx) => c.req.param('id'),
  'c.req.path': (c: Ctx) => c.req.path,
  'the raw URL': (c: Ctx) => new URL(c.req.raw.url).pathname,
} satisfies Record<string, (c: Ctx) => Value>

export const BODY_WAYS = {
  'c.req.text': (c: Ctx) => c.req.text(),
  'c.req.json': (c: Ctx) => c.req.json().catch(() => 'no JSON'),
  'raw.text': async (c: Ctx) => (c.req.raw.bodyUsed ? c.req.text() : c.req.raw.text()),
} satisfies Record<string, (c: Ctx) => Value>

/** What says nothing of the answer: read, and not told. */
export const TOUCH_WAYS = {
  'x-request-id': (c: Ctx) => c.req.header('x-request-id'),
  'if-none-match': (c: Ctx) => c.req.header('if-none-match'),
  'accept-encoding': (c: Ctx) => c.req.raw.headers.get('accept-encoding'),
  'the handle': (c: Ctx) => c.get('cache'),
  'the method': (c: Ctx) => c.req.raw.method,
  'the signal': (c: Ctx) => c.req.raw.signal,
} satisfies Record<string, (c: Ctx) => Value>

function validated(c: Ctx, target: 'header' | 'cookie' | 'query'): Record<string, unknown> {
  return (c.req.valid as (target: string) => unknown)(target) as Record<string, unknown>
}

async function namesSeenBy(request: Request): Promise<[string, string][]> {
  await Promise.resolve()
  return [...request.headers]
}

const told = (headers: readonly (readonly [string, string])[]): unknown =>
  sorted(headers.filter(([name]) => !/^(if-|x-request-id|accept-encoding)/i.test(name)))

const plainNames = (names: readonly string[]): readonly string[] =>
  names.filter((name) => name !== 'cache' && name !== 'mine').sort()

const sorted = <T>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => (String(a) < String(b) ? -1 : 1))
