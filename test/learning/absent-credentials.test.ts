/** That a request came without a credential is an input like any other: those who sent none share what was made for one. */
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { validator } from 'hono/validator'
import { describe, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'
import { fakeDate, onBothStores, pass } from '../support/stores.ts'

fakeDate()

const as = (who: string) => ({
  headers: {
    cookie: `session=${who}`,
    authorization: `Bearer ${who}`,
    'proxy-authorization': `Basic ${who}`,
  },
})

onBothStores('a route that reads', (open) => {
  describe.each<[string, (c: Context) => string | undefined, string]>([
    ['Cookie', (c) => c.req.header('cookie'), 'cookie'],
    ['a cookie', (c) => getCookie(c, 'session'), 'cookie'],
    ['Authorization', (c) => c.req.header('authorization'), 'authorization'],
    ['Proxy-Authorization', (c) => c.req.header('proxy-authorization'), 'proxy-authorization'],
  ])('%s', (_, read, name) => {
    const pageOf = () => {
      const site = open()
      const made = counter()
      site.app.get('/page', cache(), (c) => c.text(`${made()} for ${read(c) ?? 'nobody'}`))
      return site
    }

    test('is stored for those who send none, and its Vary tells caches further down', async () => {
      const site = pageOf()
      for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
        const answer = await site.get('/page')
        expect(answer).toMatchObject({ body: 'one for nobody', cache })
        expect(answer.headers.get('vary')).toBe(name)
      }
    })

    test('is made for each who sends one, before and after, and stored for none of them', async () => {
      const site = pageOf()
      for (const who of ['alice', 'bob']) expect((await site.get('/page', as(who))).body).toContain(who)
      expect((await site.get('/page')).body).toBe('three for nobody')
      for (const who of ['alice', 'bob', 'alice']) {
        const answer = await site.get('/page', as(who))
        expect(answer.body).toContain(who)
        expect(answer.cache).not.toMatch(/stored|hit/)
      }
      expect(await site.get('/page')).toMatchObject({ body: 'three for nobody', cache: 'hit; ttl=60' })
    })

    test('gives nobody who asks at the same time what is made for another', async () => {
      const site = pageOf()
      const people = [undefined, 'alice', undefined, 'bob', undefined]
      const answers = await Promise.all(people.map((who) => site.get('/page', who ? as(who) : {})))
      for (const [at, who] of people.entries()) expect(answers[at]!.body).toContain(who ?? 'nobody')
    })
  })
})

test.each(Object.keys(as('').headers))(
  'a page that says by Vary alone that it is of %s, likewise',
  async (name) => {
    const site = openSite({ store: memoryStore() })
    const made = counter()
    site.app.get('/page', cache({ autoVary: false }), (c) => {
      c.header('vary', name)
      return c.text(`${made()} for ${c.req.header(name) ?? 'nobody'}`, 200, { 'cache-control': 'public' })
    })
    await site.get('/page')
    for (const who of ['alice', 'bob', 'alice'])
      expect((await site.get('/page', as(who))).body).toContain(as(who).headers[name as 'cookie'])
    expect(await site.get('/page')).toMatchObject({ body: 'one for nobody', cache: 'hit; ttl=60' })
  },
)

test('a page for those who send no cookie is renewed by the 304 of its handler', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    c.header('etag', '"1"')
    if (c.req.header('if-none-match') === '"1"') return c.body(null, 304)
    return c.text(c.req.header('cookie') ?? 'nobody')
  })
  await site.get('/page')
  pass(61)
  expect((await site.get('/page')).cache).toBe('fwd=stale; fwd-status=304; ttl=60; stored')
  expect(await site.get('/page')).toMatchObject({ body: 'nobody', cache: 'hit; ttl=60' })
})

test('what the cache itself asks of the request while a body still runs is no read of the route', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    getCookie(c, 'session')
    return c.body(new Response('made').body!)
  })
  const answer = await site.get('/page')
  expect([answer.cache, answer.headers.get('vary')]).toEqual(['fwd=uri-miss; stored', 'cookie'])
})

test.each<[string, (c: Context) => string | undefined]>([
  ['Authorization', (c) => c.req.header('authorization')],
  ['a cookie, which Hono takes from c.req.raw,', (c) => getCookie(c, 'session')],
])('a page that reads %s now and then is a hit for those who send one where it does not', async (_, read) => {
  const site = openSite({ store: memoryStore() })
  const made = counter()
  site.app.get('/page', cache(), (c) => c.text(`${made()} for ${c.req.header('x-mine') ? read(c) : 'all'}`))
  await site.get('/page', { headers: { 'x-mine': '1' } })
  expect((await site.get('/page', as('alice'))).body).toBe('two for all')
  expect(await site.get('/page', as('bob'))).toMatchObject({ body: 'two for all', cache: 'hit; ttl=60' })
})

test('what a deployment before, in standard, made of an empty Cookie is given to nobody who sends a full one', async () => {
  const store = memoryStore()
  for (const [policy, cookie] of [
    ['standard', ''],
    ['safe', 'session=alice'],
  ] as const) {
    const site = openSite({ store })
    site.app.get('/page', cache({ policy, expire: 60 }), (c) => {
      c.header('vary', 'Cookie')
      return c.text(`for ${c.req.header('cookie')}`)
    })
    expect((await site.get('/page', { headers: { cookie } })).body).toBe(`for ${cookie}`)
  }
})

test('cookies that a validator has seen above, before they were taken off the request, are still nobody else’s', async () => {
  const site = openSite({ store: memoryStore() })
  const withoutCookies: MiddlewareHandler = async (c, next) => {
    c.req.raw = new Request(c.req.url)
    await next()
  }
  site.app.get(
    '/page',
    validator('cookie', ({ session }) => ({ session })),
    withoutCookies,
    cache(),
    (c) => c.text(`for ${c.req.valid('cookie').session}`),
  )
  for (const who of ['alice', 'bob'])
    expect(await site.get('/page', as(who))).toMatchObject({
      body: `for ${who}`,
      cache: 'fwd=uri-miss; detail=reads-cookie',
    })
})
