/**
 * Authenticated caching: who the user is, as verified above, is part of the key; a credential itself never is, unless
 * the route says so. Per user and per role, as the README shows it.
 */

import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { jwt, sign } from 'hono/jwt'
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { counter, type Site } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

const secret = 'a secret of the app'

interface User {
  readonly id?: unknown
  readonly role?: unknown
}

/** Each token is another, as with a new login. */
let logins = 0
const bearer = async (payload: object, key = secret): Promise<HeadersInit> => ({
  authorization: `Bearer ${await sign({ ...payload, jti: String(++logins) }, key, 'HS256')}`,
})

const ada = { sub: 'ada', role: 'manager' }
const bob = { sub: 'bob', role: 'manager' }
const eve = { sub: 'eve', role: 'clerk' }

const payloadOf = (c: Context) => c.get('jwtPayload') as { sub: unknown; role: unknown }

/** Hono's `getCookie` takes the raw request, through which either might be had. */
const BOTH = ['authorization', 'cookie']

onBothStores('identity', (open) => {
  /** Behind hono/jwt, and a `user` made of its payload; the handler answers how often it ran. */
  function siteOf(options: CacheOptions, read: (c: Context) => unknown = () => null) {
    const site = open()
    const made = counter()
    site.app.use('/my/*', jwt({ secret, alg: 'HS256' }), async (c, next) => {
      const { sub, role } = payloadOf(c)
      c.set('user' as never, { id: sub, role, since: Math.random() } as never)
      await next()
    })
    site.app.get('/my/page', cache(options), async (c) => {
      await read(c)
      return c.text(made())
    })
    return askedAs(site)
  }

  const askedAs = (site: Site) => ({
    ...site,
    async as(payload: object, more: HeadersInit = {}) {
      const { body, cache } = await site.get('/my/page', { headers: { ...(await bearer(payload)), ...more } })
      return `${body}: ${cache}`
    },
  })

  const PER_USER: CacheOptions = { vary: { vars: ['user.id'] } }

  test('per user: each has a page of their own, whatever token they come with', async () => {
    const site = siteOf(PER_USER)
    expect(await site.as(ada)).toBe('one: fwd=uri-miss; stored')
    expect(await site.as(bob)).toBe('two: fwd=uri-miss; stored')
    expect(await site.as(ada)).toBe('one: hit; ttl=60')
    expect(await site.as(bob)).toBe('two: hit; ttl=60')
  })

  test('per role: those of a role share, others do not', async () => {
    const site = siteOf({ vary: { vars: ['user.role'] } })
    expect(await site.as(ada)).toBe('one: fwd=uri-miss; stored')
    expect(await site.as(bob)).toBe('one: hit; ttl=60')
    expect(await site.as(eve)).toBe('two: fwd=uri-miss; stored')
  })

  test('per user and role: a user who changes roles has another page', async () => {
    const site = siteOf({ vary: { vars: ['user.id', 'user.role'] } })
    expect(await site.as(ada)).toBe('one: fwd=uri-miss; stored')
    expect(await site.as({ ...ada, role: 'clerk' })).toBe('two: fwd=uri-miss; stored')
    expect(await site.as({ ...ada, sub: 'manager', role: 'ada' })).toBe('three: fwd=uri-miss; stored')
    expect(await site.as(ada)).toBe('one: hit; ttl=60')
  })

  test('straight from the payload of hono/jwt', async () => {
    const site = siteOf({ vary: { vars: ['jwtPayload.sub'] } }, (c) => payloadOf(c).sub)
    expect(await site.as(ada)).toBe('one: fwd=uri-miss; stored')
    expect(await site.as(bob)).toBe('two: fwd=uri-miss; stored')
    expect(await site.as(ada)).toBe('one: hit; ttl=60')
  })

  test('authentication runs on hits, too: without a valid token nobody sees what is stored', async () => {
    const site = siteOf({ ...PER_USER, vary: { vars: ['user.role'] } })
    await site.as(ada)
    expect((await site.get('/my/page')).status).toBe(401)
    const forged = await bearer(ada, 'another secret')
    expect((await site.get('/my/page', { headers: forged })).status).toBe(401)
    expect((await site.get('/my/page', { headers: forged })).body).not.toBe('one')
  })

  test.each<[string, User]>([
    ['no id', { role: 'manager' }],
    ['an id of null', { id: null }],
    ['an id that is undefined', { id: undefined }],
  ])('%s: past the cache, and shared with nobody', async (_, { id, role }) => {
    const site = siteOf(PER_USER)
    expect(await site.as({ sub: id, role })).toBe('one: fwd=bypass; detail=variable')
    expect(await site.as({ sub: id, role })).toBe('two: fwd=bypass; detail=variable')
    expect(site.events[0]).toMatchObject({
      detail: expect.stringContaining('the variable user.id has no value'),
    })
  })

  test('one of two values missing is as good as none', async () => {
    const site = siteOf({ vary: { vars: ['user.id', 'user.role'] } })
    expect(await site.as({ sub: 'ada' })).toBe('one: fwd=bypass; detail=variable')
  })

  test('7, "7" and "7" with a blank are three users', async () => {
    const site = siteOf(PER_USER)
    for (const [sub, made] of [
      [7, 'one'],
      ['7', 'two'],
      ['7 ', 'three'],
    ])
      expect(await site.as({ sub })).toBe(`${made}: fwd=uri-miss; stored`)
  })

  test('the response says nothing of the user, nor of how the key is made', async () => {
    const site = siteOf(PER_USER)
    await site.as(ada)
    const { headers } = await site.get('/my/page', { headers: await bearer(ada) })
    expect(headers.get('vary')).toBeNull()
    expect(JSON.stringify([...headers])).not.toMatch(/ada|user|sub/)
  })

  test.each<[string, string[], (c: Context) => unknown]>([
    ['Authorization', ['authorization'], (c) => c.req.header('Authorization')],
    ['Authorization of the raw request', BOTH, (c) => c.req.raw.headers.get('authorization')],
    ['a cookie', BOTH, (c) => getCookie(c, 'session')],
    ['the cookies', BOTH, (c) => c.req.raw.headers.get('cookie')],
  ])(
    'a route that reads %s as well is not stored, unless it says whom that stands for',
    async (_, covers, read) => {
      const cookie = (session: string) => ({ cookie: `session=${session}` })
      const site = siteOf(PER_USER, read)
      await site.as(ada, cookie('1'))
      expect(await site.as(ada, cookie('1'))).toMatch(/^two: .*detail=/)
      expect(site.events.filter(({ type }) => type === 'stored')).toEqual([])

      const covered = siteOf({ vary: { vars: ['user.id'], covers } }, read)
      expect(await covered.as(ada, cookie('1'))).toBe('one: fwd=uri-miss; stored')
      expect(await covered.as(bob, cookie('2'))).toBe('two: fwd=uri-miss; stored')
      expect(await covered.as(ada, cookie('3'))).toBe('one: hit; ttl=60')
      const { headers } = await covered.get('/my/page', { headers: await bearer(ada) })
      expect(headers.get('vary')).toBeNull()
    },
  )

  test('what is covered covers no other credential', async () => {
    const site = siteOf({ vary: { vars: ['user.id'], covers: ['authorization'] } }, (c) =>
      getCookie(c, 'session'),
    )
    expect(await site.as(ada, { cookie: 'session=1' })).toBe('one: fwd=uri-miss; detail=reads-cookie')
  })

  test('covers without a value to stand for it: past the cache', async () => {
    const site = siteOf({ vary: { vars: ['user.id'], covers: ['authorization'] } }, (c) =>
      c.req.header('authorization'),
    )
    expect(await site.as({ role: 'manager' })).toBe('one: fwd=bypass; detail=variable')
  })

  test('authentication below the cache reads the credential: not stored, and the event says what to add', async () => {
    const site = open()
    const made = counter()
    site.app.get('/my/page', cache(), jwt({ secret, alg: 'HS256' }), (c) => c.text(made()))
    expect(await askedAs(site).as(ada)).toBe('one: fwd=uri-miss; detail=reads-authorization')
    expect(await askedAs(site).as(bob)).toBe('two: fwd=uri-miss; detail=reads-authorization')
    expect(site.events).toContainEqual(
      expect.objectContaining({ detail: expect.stringContaining("vary: ['authorization']") }),
    )
  })

  test('keyed on the credential itself, each token has a page of its own', async () => {
    const site = open()
    const made = counter()
    site.app.get('/my/page', cache({ vary: ['authorization'] }), jwt({ secret, alg: 'HS256' }), (c) =>
      c.text(made()),
    )
    const headers = await bearer(ada)
    expect((await site.get('/my/page', { headers })).cache).toBe('fwd=uri-miss; stored')
    expect((await site.get('/my/page', { headers })).cache).toBe('hit; ttl=60')
    expect(await askedAs(site).as(ada)).toBe('two: fwd=uri-miss; stored')
  })

  test('without a declaration a plain user is learned: nobody is given the page of another', async () => {
    const site = siteOf({}, (c) => payloadOf(c).sub)
    expect(await site.as(ada)).toBe('one: fwd=uri-miss; stored')
    expect(await site.as(bob)).toBe('two: fwd=vary-miss; stored')
  })

  test('one user’s page can be cleared alone', async () => {
    const site = siteOf({ ...PER_USER, tags: (c) => [`user:${payloadOf(c).sub}`] })
    await site.as(ada)
    await site.as(bob)
    expect(await site.clear({ tag: 'user:ada' })).toBe(true)
    expect(await site.as(bob)).toBe('two: hit; ttl=60')
    expect(await site.as(ada)).toMatch(/^three: .*stored$/)
  })
})

test('covers without vars says nothing of whom it stands for, and throws where it is written', () => {
  expect(() => cache({ vary: { covers: ['authorization'] } })).toThrow(
    'cache(): vary.covers needs vary.vars, which stand for those headers',
  )
})
