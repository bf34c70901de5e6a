/** What ends a stale window before its time: the handler says that the page is gone, or that it may not be kept. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { at, fresh, originAt, type Reply } from '../support/origin.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const GOOD: Reply = { headers: fresh(60) }
const WINDOW = { staleWhileRevalidate: 100 }

onBothStores('a refresh that finds the page gone', (open) => {
  test.each<[string, number, (c: Context) => Response]>([
    ['deleted', 404, (c) => c.text('gone', 404)],
    ['not found, says the app', 404, (c) => c.notFound() as Response],
    [
      'deleted, it throws',
      404,
      () => {
        throw new HTTPException(404)
      },
    ],
    ['deleted for good', 410, (c) => c.text('gone', 410)],
    ['moved', 301, (c) => c.redirect('/other', 301)],
    ['moved, with its method', 308, (c) => c.redirect('/other', 308)],
  ])('%s: nobody is answered with it for the rest of the window', async (_, status, gone) => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) =>
      made() === 'one' ? c.text('one') : gone(c),
    )
    await site.get('/page')
    pass(70)
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).status).toBe(status)
  })

  test.each(['no-store', 'private', 'no-cache', 'max-age=0'])(
    'or not to be kept any more, %s: nor then',
    async (cacheControl) => {
      for (const policy of ['safe', 'standard'] as const) {
        const replies = [GOOD, { headers: { 'cache-control': cacheControl } }]
        const site = originAt(open(), replies, { policy, ...WINDOW })
        await site.get('/page')
        pass(70)
        expect((await site.get('/page')).body).toBe('one')
        expect((await site.get('/page')).body, policy).not.toBe('one')
      }
    },
  )

  test.each(['no-store', 'private', 'no-cache', 'max-age=0'])(
    'nor where its 304 says that, %s: each request asks the handler then',
    async (cacheControl) => {
      const good = { headers: { ...fresh(60), etag: '"v1"' } }
      const taken = { status: 304, headers: { 'cache-control': cacheControl } }
      const site = originAt(open(), [good, taken], WINDOW)
      await site.get('/page')
      pass(70)
      expect((await site.get('/page')).cache).toBe('hit; ttl=-10')
      expect((await site.get('/page')).cache).toMatch(/^fwd=stale; fwd-status=304/)
    },
  )

  test('but a cookie may be about who asks: the page stays', async () => {
    const site = originAt(open(), [GOOD, { headers: { 'set-cookie': 'a=1' } }], { policy: 'safe', ...WINDOW })
    await site.get('/page')
    pass(70)
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
  })

  const lastModified = { 'last-modified': at(-86_400) }
  test.each([
    ['private', { 'cache-control': 'private' }],
    ['of which nothing is said but a date', lastModified],
  ])('but what nobody saw being made for credentials may be about those: %s', async (_, headers) => {
    const good = { headers: { ...fresh(60), ...lastModified } }
    for (const name of ['cookie', 'authorization']) {
      const site = originAt(open(), [good, { headers }], WINDOW)
      await site.get('/page')
      pass(70)
      await site.get('/page', { headers: { [name]: 'alice' } })
      expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
    }
  })

  test('unless those are in the key: it is the page of their own', async () => {
    const vary = { vary: 'cookie' }
    const replies = [
      { headers: { ...fresh(60), ...vary } },
      { headers: { 'cache-control': 'private', ...vary } },
    ]
    const site = originAt(open(), replies, WINDOW)
    const alice = { headers: { cookie: 'alice' } }
    await site.get('/page', alice)
    pass(70)
    expect((await site.get('/page', alice)).body).toBe('one')
    expect((await site.get('/page', alice)).body).not.toBe('one')
  })

  test('unless it was seen being made, and reads none: it says that of the page', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => {
      const text = made()
      return c.text(text, 200, text === 'one' ? {} : { 'cache-control': 'no-store' })
    })
    await site.get('/page')
    pass(70)
    await site.get('/page', { headers: { cookie: 'alice' } })
    expect((await site.get('/page')).body).not.toBe('one')
  })

  test('but what middleware above says of an answer is not about the page', async () => {
    const site = open()
    const made = counter()
    site.app.use(async (c, next) => {
      if (c.req.header('cookie')) c.header('cache-control', 'private')
      await next()
    })
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => c.text(made()))
    await site.get('/page')
    pass(70)
    await site.get('/page', { headers: { cookie: 'alice' } })
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
  })

  const passing = [401, 403, 429].flatMap((status) => [
    { status },
    { status, headers: { 'cache-control': 'no-store' } },
    { error: new HTTPException(status as 401) },
  ])
  test.each(passing)('but %o may be about who asks, or about this moment', async (reply) => {
    for (const policy of ['safe', 'standard'] as const) {
      const site = originAt(open(), [GOOD, reply], { policy, ...WINDOW })
      await site.get('/page')
      pass(70)
      await site.get('/page')
      expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
    }
  })

  test('but of an error that is no answer Hono makes a 500: an API may have thrown its own 404', async () => {
    const notFound = Object.assign(new Error('Not Found'), { status: 404 })
    const site = originAt(open(), [GOOD, { error: notFound }], { policy: 'safe', ...WINDOW })
    await site.get('/page')
    pass(70)
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
  })

  test('and comes back once it is there again', async () => {
    const site = originAt(open(), [GOOD, { status: 404 }, GOOD], { policy: 'safe', ...WINDOW })
    await site.get('/page')
    pass(70)
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'three', cache: 'fwd=stale; stored' })
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('a 404 that may be stored takes its place', async () => {
    const site = originAt(open(), [GOOD, { status: 404, headers: fresh(10) }], WINDOW)
    await site.get('/page')
    pass(70)
    site.transcript()
    await site.get('/page')
    expect(site.transcript()).toEqual(['hit GET /* {ttl: -10}', 'stored GET /* {seconds: 110}'])
    expect(await site.get('/page')).toMatchObject({ status: 404, body: 'two', cache: 'hit; ttl=10' })
  })
})
