/** Reads of headers. */
import { getCookie, getSignedCookie } from 'hono/cookie'
import type { Read, Way } from './ways.ts'

const LANGUAGE = 'accept-language'
const ONE_HEADER = { outcome: 'stored', learned: [`header ${LANGUAGE}`] } as const
/** Through `c.req.raw` nothing tells where it ends up: with credentials it is not stored. */
const ONE_RAW = {
  outcome: ['reads-raw-request'],
  anonymous: 'stored',
  learned: ['anonymous', `header ${LANGUAGE}`],
} as const
/** That a credential was not sent is an input like another. */
const COOKIE = { outcome: ['reads-cookie'], anonymous: 'stored', learned: ['header cookie'] } as const
const AUTHORIZATION = {
  outcome: ['reads-authorization'],
  anonymous: 'stored',
  learned: ['header authorization'],
} as const
const RAW_COOKIE = { ...COOKIE, learned: ['anonymous', 'header cookie'] } as const
const RAW_AUTHORIZATION = { ...AUTHORIZATION, learned: ['anonymous', 'header authorization'] } as const

const raw = (of: (headers: Headers) => unknown): Read => {
  return (c) => c.json([of(c.req.raw.headers)])
}
const ALL = { outcome: ['reads-all-headers'] } as const
const pick = (headers: Iterable<readonly [string, string]>) => {
  const all = new Map(headers)
  return ['cookie', 'authorization', LANGUAGE, 'x-tenant'].map((name) => all.get(name) ?? null)
}

export const headers: Readonly<Record<string, Way>> = {
  nothing: { read: (c) => c.text('nothing'), outcome: 'stored', learned: [] },
  'the URL': {
    read: (c) => c.json([c.req.path.length, c.req.query('fresh'), c.req.queries('a'), c.req.url.length]),
    outcome: 'stored',
    learned: [],
  },
  'the method': { read: (c) => c.json([c.req.method, c.req.param()]), outcome: 'stored', learned: [] },
  'what HTTP interprets': {
    read: (c) => c.json([c.req.header('range'), c.req.header('if-match'), c.req.header('traceparent')]),
    outcome: 'stored',
    learned: [],
  },
  'c.req.header(name)': { read: (c) => c.json([c.req.header('Accept-Language')]), ...ONE_HEADER },
  'c.req.header taken off': {
    read: (c) => {
      const { header } = c.req
      return c.json([Reflect.apply(header, c.req, [LANGUAGE])])
    },
    ...ONE_HEADER,
  },
  'c.req.header(name) after a while': {
    read: async (c) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return c.json([c.req.header(LANGUAGE)])
    },
    ...ONE_HEADER,
  },
  'c.req.header()': { read: (c) => c.json(pick(Object.entries(c.req.header()))), ...ALL },
  'c.req.header(cookie)': { read: (c) => c.json([c.req.header('Cookie')]), ...COOKIE },
  'c.req.header(authorization)': {
    read: (c) => c.json([c.req.header('AUTHORIZATION')]),
    ...AUTHORIZATION,
  },
  'headers.get': { read: raw((all) => all.get(LANGUAGE)), ...ONE_RAW },
  'headers.has': {
    read: raw((all) => all.has('x-tenant')),
    outcome: ['reads-raw-request'],
    anonymous: 'stored',
    learned: ['anonymous', 'header x-tenant'],
  },
  'headers.get(cookie)': { read: raw((all) => all.get('cookie')), ...RAW_COOKIE },
  'headers.has(authorization)': { read: raw((all) => all.has('authorization')), ...RAW_AUTHORIZATION },
  'headers.forEach': {
    read: raw((all) => {
      const seen: [string, string][] = []
      all.forEach((value, name) => {
        seen.push([name, value])
      })
      return pick(seen)
    }),
    ...ALL,
  },
  'headers.entries': { read: raw((all) => pick(all.entries())), ...ALL },
  'headers.keys': { read: raw((all) => [...all.keys()].includes('cookie')), ...ALL },
  'headers.values': {
    read: raw((all) => [...all.values()].some((value) => value.includes('alice'))),
    ...ALL,
  },
  'for of headers': {
    read: raw((all) => {
      const seen: [string, string][] = []
      for (const field of all) seen.push(field)
      return pick(seen)
    }),
    ...ALL,
  },
  'spread of headers': { read: raw((all) => pick([...all])), ...ALL },
  'Object.fromEntries of headers': {
    read: raw((all) => pick(Object.entries(Object.fromEntries(all)))),
    ...ALL,
  },
  'new Headers(headers)': { read: raw((all) => pick(new Headers(all))), ...ALL },
  'new Request(url, { headers })': {
    read: raw((all) => pick(new Request('http://else.test/', { headers: all }).headers)),
    ...ALL,
  },
  'a header that the handler changes itself': {
    read: raw((all) => {
      const copy = new Headers(all)
      copy.set('x-tenant', 'changed')
      return pick(copy)
    }),
    ...ALL,
  },
  'getCookie(name)': { read: (c) => c.json([getCookie(c, 'session')]), ...RAW_COOKIE },
  'getCookie()': { read: (c) => c.json(getCookie(c)), ...RAW_COOKIE },
  'getSignedCookie(name)': {
    read: async (c) => c.json([await getSignedCookie(c, 'secret', 'session')]),
    ...RAW_COOKIE,
  },
  'a cookie, and nothing made of it': {
    read: (c) => {
      getCookie(c, 'session')
      return c.text('nothing')
    },
    ...RAW_COOKIE,
  },
}
