/**
 * Hono's own middleware above `cache()` and below it: the table of the README, row by row. Each row is asked by Alice
 * twice, by Bob, and by somebody without credentials; what they are told and what the cache says is the row.
 */
import type { Context, Handler, MiddlewareHandler } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { bearerAuth } from 'hono/bearer-auth'
import { compress } from 'hono/compress'
import { getCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { csrf } from 'hono/csrf'
import { etag } from 'hono/etag'
import { jwt, sign } from 'hono/jwt'
import { languageDetector } from 'hono/language'
import { requestId } from 'hono/request-id'
import { NONCE, secureHeaders } from 'hono/secure-headers'
import { timing } from 'hono/timing'
import { describe, expect, test } from 'vitest'
import { type CacheOptions, cache, memoryStore } from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

type Place = 'above' | 'below'

/** What the four of them are told: the body or status; and whether it is a hit, was stored, or why not. */
type Told = readonly [alice: string, aliceAgain: string, bob: string, anonymous: string]

interface Row {
  readonly middleware: () => MiddlewareHandler
  /** What the handler reads of what the middleware has found. */
  readonly reads?: (c: Context) => unknown
  readonly options?: CacheOptions
  readonly headers?: Readonly<Record<'alice' | 'bob', Record<string, string>>>
  readonly told: Readonly<Record<Place, Told>>
}

const SHARED: Told = ['page one: stored', 'page one: hit', 'page one: hit', 'page one: hit']

const SECRET = 'a secret of the app'
const token = (sub: string) => sign({ sub }, SECRET, 'HS256')
const bearer = {
  alice: { authorization: `Bearer ${await token('alice')}` },
  bob: { authorization: `Bearer ${await token('bob')}` },
}
const basic = {
  alice: { authorization: `Basic ${btoa('alice:a')}` },
  bob: { authorization: `Basic ${btoa('bob:b')}` },
}
const cookies = { alice: { cookie: 'session=alice' }, bob: { cookie: 'session=bob' } }
const languages = { alice: { 'accept-language': 'de' }, bob: { 'accept-language': 'en' } }
const origins = { alice: { origin: 'https://a.test' }, bob: { origin: 'https://b.test' } }

const session: MiddlewareHandler = async (c, next) => {
  const id = getCookie(c, 'session')
  if (id === undefined) return c.text('who are you?', 401)
  c.set('user' as never, { id } as never)
  await next()
}

const rows: Readonly<Record<string, Row>> = {
  jwt: {
    middleware: () => jwt({ secret: SECRET, alg: 'HS256' }),
    headers: bearer,
    told: {
      above: ['page one: stored', 'page one: hit', 'page one: hit', '401: -'],
      below: [
        'page one: reads-authorization',
        'page two: reads-authorization',
        'page three: reads-authorization',
        '401: error',
      ],
    },
  },
  'jwt, with the user read': {
    middleware: () => jwt({ secret: SECRET, alg: 'HS256' }),
    reads: (c) => (c.get('jwtPayload') as { sub: string }).sub,
    headers: bearer,
    told: {
      above: ['alice one: stored', 'alice one: hit', 'bob two: stored', '401: -'],
      below: [
        'alice one: reads-authorization',
        'alice two: reads-authorization',
        'bob three: reads-authorization',
        '401: error',
      ],
    },
  },
  'jwt, with the user declared': {
    middleware: () => jwt({ secret: SECRET, alg: 'HS256' }),
    reads: (c) => (c.get('jwtPayload') as { sub: string }).sub,
    options: { vary: { vars: ['jwtPayload.sub'] } },
    headers: bearer,
    told: {
      above: ['alice one: stored', 'alice one: hit', 'bob two: stored', '401: -'],
      below: ['alice one: variable', 'alice two: variable', 'bob three: variable', '401: variable'],
    },
  },
  'basic-auth': {
    middleware: () => basicAuth({ username: 'alice', password: 'a' }, { username: 'bob', password: 'b' }),
    headers: basic,
    told: {
      above: ['page one: stored', 'page one: hit', 'page one: hit', '401: -'],
      below: [
        'page one: reads-authorization',
        'page two: reads-authorization',
        'page three: reads-authorization',
        '401: error',
      ],
    },
  },
  'bearer-auth': {
    middleware: () => bearerAuth({ verifyToken: async () => true }),
    headers: bearer,
    told: {
      above: ['page one: stored', 'page one: hit', 'page one: hit', '401: -'],
      below: [
        'page one: reads-authorization',
        'page two: reads-authorization',
        'page three: reads-authorization',
        '401: error',
      ],
    },
  },
  'session cookies': {
    middleware: () => session,
    headers: cookies,
    told: {
      above: ['page one: stored', 'page one: hit', 'page one: hit', '401: -'],
      below: ['page one: reads-cookie', 'page two: reads-cookie', 'page three: reads-cookie', '401: status'],
    },
  },
  'session cookies, with the user read': {
    middleware: () => session,
    reads: (c) => (c.get('user') as { id: string }).id,
    headers: cookies,
    told: {
      above: ['alice one: stored', 'alice one: hit', 'bob two: stored', '401: -'],
      below: ['alice one: reads-cookie', 'alice two: reads-cookie', 'bob three: reads-cookie', '401: status'],
    },
  },
  csrf: { middleware: () => csrf(), headers: origins, told: { above: SHARED, below: SHARED } },
  language: {
    middleware: () =>
      languageDetector({
        supportedLanguages: ['en', 'de'],
        fallbackLanguage: 'en',
        order: ['header'],
        caches: false,
      }),
    reads: (c) => c.get('language'),
    headers: languages,
    told: {
      above: ['de one: stored', 'de one: hit', 'en two: stored', 'en two: hit'],
      below: ['de one: stored', 'de one: hit', 'en two: stored', 'en three: stored'],
    },
  },
  'language, with its cookie': {
    middleware: () => languageDetector({ supportedLanguages: ['en', 'de'], fallbackLanguage: 'en' }),
    reads: (c) => c.get('language'),
    headers: languages,
    told: {
      above: ['de one: stored', 'de one: hit', 'en two: stored', 'en two: hit'],
      below: ['de one: set-cookie', 'de two: set-cookie', 'en three: set-cookie', 'en four: stored'],
    },
  },
  cors: {
    middleware: () => cors({ origin: ['https://a.test', 'https://b.test'] }),
    headers: origins,
    told: {
      above: SHARED,
      below: ['page one: stored', 'page one: hit', 'page two: stored', 'page three: stored'],
    },
  },
  compress: { middleware: () => compress({ threshold: 1 }), told: { above: SHARED, below: SHARED } },
  etag: { middleware: () => etag(), told: { above: SHARED, below: SHARED } },
  timing: { middleware: () => timing({ total: false }), told: { above: SHARED, below: SHARED } },
  'request-id': { middleware: () => requestId(), told: { above: SHARED, below: SHARED } },
  'request-id, read': {
    middleware: () => requestId(),
    reads: (c) => typeof c.get('requestId'),
    told: {
      above: ['string one: stored', 'string one: hit', 'string one: hit', 'string one: hit'],
      below: ['string one: stored', 'string one: hit', 'string one: hit', 'string one: hit'],
    },
  },
  'secure-headers': { middleware: () => secureHeaders(), told: { above: SHARED, below: SHARED } },
  'secure-headers, with a nonce': {
    middleware: () => secureHeaders({ contentSecurityPolicy: { scriptSrc: [NONCE] } }),
    reads: (c) => typeof c.get('secureHeadersNonce'),
    told: {
      above: [
        'string one: reads-variable',
        'string two: reads-variable',
        'string three: reads-variable',
        'string four: reads-variable',
      ],
      below: ['string one: stored', 'string one: hit', 'string one: hit', 'string one: hit'],
    },
  },
}

fakeDate()

describe.each(Object.entries(rows))('%s', (_, row) => {
  const { middleware, reads = () => 'page', options = {}, headers } = row

  test.each(['above', 'below'] as const)('%s cache()', async (place) => {
    const site = openSite({ store: memoryStore() })
    const made = counter()
    const handler: Handler = async (c) => c.text(`${await reads(c)} ${made()}`)
    const handlers = place === 'above' ? [middleware(), cache(options)] : [cache(options), middleware()]
    site.app.get('/page', ...(handlers as [MiddlewareHandler]), handler)
    const told = []
    for (const who of ['alice', 'alice', 'bob', 'anonymous'] as const) {
      const { status, body, cache } = await site.get('/page', {
        headers: who === 'anonymous' ? {} : (headers?.[who] ?? {}),
      })
      told.push(`${status === 200 ? body : status}: ${outcomeOf(cache)}`)
    }
    expect(told).toEqual(row.told[place])
  })
})

/** Of `hit; ttl=60`, `fwd=uri-miss; stored` and `fwd=uri-miss; detail=reads-cookie` the word that counts. */
const outcomeOf = (cache: string | null): string =>
  cache === null ? '-' : (/^hit|stored$|(?<=detail=).*/.exec(cache)?.[0] ?? cache)

describe('what each has set in the response', () => {
  /** The fields of that name that two clients get, one after the other. */
  async function fields(name: string, handlers: MiddlewareHandler[], asked: HeadersInit[] = [{}, {}]) {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', ...(handlers as [MiddlewareHandler]), (c) => c.text('page'))
    const all = []
    for (const headers of asked) {
      const answer = await site.get('/page', { headers })
      all.push(answer.headers.get(name))
    }
    return all
  }

  test('cors above: each origin is named to itself', async () => {
    const middleware = cors({ origin: ['https://a.test', 'https://b.test'] })
    const asked = [origins.alice, origins.bob, {}]
    const told = await fields('access-control-allow-origin', [middleware, cache()], asked)
    expect(told).toEqual(['https://a.test', 'https://b.test', null])
  })

  test('cors below: each origin is named to itself, from entries of their own', async () => {
    const middleware = cors({ origin: ['https://a.test', 'https://b.test'] })
    const asked = [origins.alice, origins.bob, {}, origins.alice]
    const told = await fields('access-control-allow-origin', [cache(), middleware], asked)
    expect(told).toEqual(['https://a.test', 'https://b.test', null, 'https://a.test'])
  })

  test('request-id above: a new one for every answer; below: the one that was stored', async () => {
    const [a, b] = await fields('x-request-id', [requestId(), cache()])
    expect(a).not.toBe(b)
    const [c, d] = await fields('x-request-id', [cache(), requestId()])
    expect(c).toBe(d)
  })

  test('a nonce below: the header names the nonce of the body that was stored with it', async () => {
    const nonces = secureHeaders({ contentSecurityPolicy: { scriptSrc: [NONCE] } })
    const [a, b] = await fields('content-security-policy', [cache(), nonces])
    expect(a).toMatch(/nonce-/)
    expect(b).toBe(a)
  })

  /** The statuses of a client that comes back twice, each time with the validator that it was last given. */
  async function returning(...handlers: MiddlewareHandler[]) {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', ...(handlers as [MiddlewareHandler]), (c) => c.text('page'))
    const statuses = []
    let validator = ''
    for (let visit = 0; visit < 3; visit++) {
      const { status, headers } = await site.get('/page', { headers: { 'if-none-match': validator } })
      statuses.push(status)
      validator = headers.get('etag')!
    }
    return statuses
  }

  test('etag below: one validator from the first answer on', async () => {
    expect(await returning(cache(), etag())).toEqual([200, 304, 304])
  })

  test('etag above: it has made one of its own for the first answer, and then finds that of the cache', async () => {
    expect(await returning(etag(), cache())).toEqual([200, 200, 304])
  })

  test('compress below: coded for those who can read it, plain for the others', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), compress({ threshold: 1 }), (c) => c.text('a long page'.repeat(200)))
    for (const coding of ['gzip', null, 'gzip', null]) {
      const answer = await site.get('/page', {
        headers: coding === null ? {} : { 'accept-encoding': coding },
      })
      expect(answer.headers.get('content-encoding')).toBe(coding)
    }
    expect(site.transcript().filter((line) => line.startsWith('hit'))).toHaveLength(2)
  })

  test('timing above: measured anew; below: what was measured when it was made', async () => {
    const above = await fields('server-timing', [timing({ total: 'above' as never }), cache()])
    expect(above.every((value) => value?.startsWith('total'))).toBe(true)
    const [a, b] = await fields('server-timing', [cache(), timing()])
    expect(b).toBe(a)
  })
})
