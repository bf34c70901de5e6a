/** The innermost `cache()` acts and the others step aside, however it is hidden; options do not merge. */
import { Hono, type MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { every, except, some } from 'hono/combine'
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import { expect, test } from 'vitest'
import { type CacheOptions, cache, memoryStore, redisCache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

onBothStores('nested caches', (open) => {
  test("a route's own cache() acts in place of the group's", async () => {
    const site = open()
    site.app.use('/group/*', cache({ expire: 10, namespace: 'group' }))
    site.app.get('/group/own', cache({ expire: 20, namespace: 'own' }), (c) => c.text('own'))
    site.app.get('/group/plain', (c) => c.text('plain'))

    await site.get('/group/own')
    await site.get('/group/plain')
    expect(site.transcript()).toEqual([
      'miss GET /group/own {reason: uri-miss}',
      'stored GET /group/own {seconds: 20}',
      'miss GET /group/plain {reason: uri-miss}',
      'stored GET /group/plain {seconds: 10}',
    ])
    expect((await site.get('/group/own')).cache).toBe('hit; ttl=20')
    expect((await site.get('/group/plain')).cache).toBe('hit; ttl=10')
    expect(site.events.filter(({ type }) => type === 'stored')).toMatchObject([
      { namespace: 'own', seconds: 20 },
      { namespace: 'group', seconds: 10 },
    ])
  })

  test.each([
    ['every', every(cache({ expire: 20 }))],
    ['some', some(cache({ expire: 20 }))],
    ['except', except('/never', cache({ expire: 20 }))],
    ['a middleware of its own', createMiddleware((c, next) => cache({ expire: 20 })(c, next))],
  ])('one that is hidden in %s stores, and the outer one stores nothing', async (_, hidden) => {
    const site = open()
    const made = counter()
    // Without `autoVary` it has no other reason to keep the response out.
    site.app.use(cache({ expire: 10, autoVary: false }))
    site.app.get('/page', hidden, (c) => c.text(made()))
    await site.get('/page')
    expect(site.transcript()).toEqual([
      'miss GET /page {reason: uri-miss}',
      'miss GET /page {reason: uri-miss}',
      'stored GET /page {seconds: 20}',
    ])
    const hit = await site.get('/page')
    expect(hit.body).toBe('one')
    expect(hit.cache).toBe('hit; ttl=20')
  })

  test.each<[string, CacheOptions]>([
    ['by its URL', {}],
    ['by a static key', { key: 'me' }],
  ])('what a hidden one stores %s is not found further out, past what stands between', async (_, options) => {
    const site = open()
    const made = counter()
    const twice = cache(options)
    site.app.use(twice)
    site.app.get(
      '/me',
      every(twice),
      bearerAuth({ token: 'secret' }),
      every(cache({ expire: 20, ...options })),
      (c) => c.text(made()),
    )
    const headers = { authorization: 'Bearer secret' }
    expect((await site.get('/me', { headers })).body).toBe('one')
    expect((await site.get('/me')).status).toBe(401)
    expect(await site.get('/me', { headers })).toMatchObject({ body: 'one', cache: 'hit; ttl=20' })
  })

  test('a part that a hidden one has selected is given on', async () => {
    const site = open()
    site.app.use(cache({ policy: 'standard' }))
    site.app.get('/page', every(cache({ expire: 20 })), (c) => c.text('0123'))
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=20'])
      expect(await site.get('/page')).toMatchObject({ body: '0123', cache })
    expect(await site.get('/page', { headers: { range: 'bytes=1-2' } })).toMatchObject({
      status: 206,
      body: '12',
    })
  })

  test('nor what it stores where a refresh of the outer one comes to it', async () => {
    const site = open()
    const made = counter()
    let is: 'plain' | 'hidden' | 'refused' = 'plain'
    const guard: MiddlewareHandler = async (c, next) => {
      if (is === 'refused') return c.text('no', 403)
      if (is === 'hidden') await c.get('cache').clear({ path: '/me' })
      await next()
    }
    site.app.use(cache({ expire: 10, staleWhileRevalidate: 600, autoVary: false }))
    site.app.get(
      '/me',
      guard,
      except(() => is === 'plain', cache({ expire: 100 })),
      (c) => c.text(made()),
    )
    await site.get('/me')
    is = 'hidden'
    pass(20)
    expect(await site.get('/me')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
    is = 'refused'
    expect((await site.get('/me')).status).toBe(403)
  })

  test('a client that has what a hidden one has stored is told so', async () => {
    const site = open()
    site.app.use(cache())
    site.app.get('/page', every(cache()), (c) => c.text('page'))
    await site.get('/page')
    const { headers } = await site.get('/page')
    const again = await site.get('/page', { headers: { 'if-none-match': headers.get('etag')! } })
    expect(again).toMatchObject({ status: 304, body: '', cache: 'hit; ttl=60' })
  })

  test('a client is not told that it has what an outer one has', async () => {
    const site = open()
    let isHidden = false
    site.app.use(cache({ expire: 10 }))
    site.app.get(
      '/page',
      except(() => !isHidden, cache()),
      (c) => c.text('page', 200, { etag: '"v1"' }),
    )
    await site.get('/page')
    isHidden = true
    pass(20)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'page' })
    expect((await site.get('/page', { headers: { 'if-none-match': '"v1"' } })).status).toBe(304)
  })

  test('nor where the handler is asked about that past a hidden one', async () => {
    const site = open()
    let isHidden = false
    site.app.use(cache({ expire: 10 }))
    site.app.get(
      '/page',
      except(() => !isHidden, cache({ when: () => false })),
      (c) =>
        c.req.header('if-none-match') === '"v1"' ? c.body(null, 304) : c.text('page', 200, { etag: '"v1"' }),
    )
    await site.get('/page')
    isHidden = true
    pass(20)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'page' })
  })

  test('one in a Proxy, as Sentry puts around each, is seen: it acts alone, and refreshes behind the answer', async () => {
    const site = open()
    const made = counter()
    const traced = (middleware: MiddlewareHandler): MiddlewareHandler =>
      new Proxy(middleware, { apply: async (target, _, [c, next]) => target(c, next) })
    site.app.use(traced(cache({ expire: 10 })))
    site.app.get('/page', traced(cache({ expire: 20, staleWhileRevalidate: 60 })), (c) => c.text(made()))
    await site.get('/page')
    pass(30)
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=20' })
    expect(site.transcript()).toEqual([
      'miss GET /page {reason: uri-miss}',
      'stored GET /page {seconds: 80}',
      'hit GET /page {ttl: -10}',
      'stored GET /page {seconds: 80}',
      'hit GET /page {ttl: 20}',
    ])
  })

  test('one that is hidden below a redisCache() of its own waits for nobody, and is the only one that stores', async () => {
    const site = open()
    const made = counter()
    site.app.use('/sub/*', cache({ expire: 600, coalesceWait: 60 }))
    site.app.use('/sub/*', redisCache(site.options))
    site.app.get('/sub/page', every(cache({ expire: 20, coalesceWait: 60, tags: ['page'] })), (c) =>
      c.text(made()),
    )
    await site.get('/sub/page')
    expect(site.transcript().filter((line) => line.startsWith('stored'))).toEqual([
      'stored GET /sub/page {seconds: 20}',
    ])
    await site.clear({ tag: 'page' })
    expect((await site.get('/sub/page')).body).toBe('two')
  }, 5_000)

  test('one in a sub-app with an error handler of its own is seen', async () => {
    const site = open()
    const sub = new Hono()
    sub.onError((_, c) => c.text('sorry', 500))
    sub.get('/page', cache({ expire: 20 }), (c) => c.text('made'))
    sub.get('/plain', (c) => c.text('plain'))
    site.app.use(cache({ expire: 10 }))
    site.app.route('/sub', sub)
    await site.get('/sub/page')
    await site.get('/sub/plain')
    expect((await site.get('/sub/page')).cache).toBe('hit; ttl=20')
    expect((await site.get('/sub/plain')).cache).toBe('hit; ttl=10')
  })

  test('a mounted app, which sees its URLs without the mount, keeps apart by its prefix or store', async () => {
    const site = open()
    const apart = site.options.store ? { store: memoryStore() } : { prefix: 'mounted' }
    const made = counter()
    const inner = new Hono()
    inner.use(redisCache({ ...site.options, ...apart }))
    inner.get('/page', cache(), (c) => c.text(`inner ${made()}`))
    site.app.get('/page', cache(), (c) => c.text(`outer ${made()}`))
    site.app.mount('/inner', inner.fetch)
    expect((await site.get('/page')).body).toBe('outer one')
    expect((await site.get('/inner/page')).body).toBe('inner two')
    expect((await site.get('/page')).body).toBe('outer one')
    expect(await site.get('/inner/page')).toMatchObject({ body: 'inner two', cache: 'hit; ttl=60' })
  })

  test('what stands between two and answers is not cached, and that is said', async () => {
    const site = open()
    const made = counter()
    const assets: MiddlewareHandler = async (c, next) => {
      if (c.req.query('login') !== undefined) return c.text('log in', 401)
      return c.req.path.endsWith('.css') ? c.text(made()) : next()
    }
    site.app.use('/assets/*', cache(), cache(), assets)
    site.app.get('*', cache(), (c) => c.text('page'))
    await site.get('/assets/a.css')
    expect(await site.get('/assets/a.css')).toMatchObject({
      body: 'two',
      cache: 'fwd=bypass; detail=configuration',
    })
    const said =
      'bypass GET /* {reason: configuration, detail: it stepped aside for a cache() further in, but what answers ' +
      'stands between the two; match that one by other paths}'
    expect(site.transcript()).toEqual([said, said])
    // Whoever is turned away, or comes to the other one, is none of that.
    expect((await site.get('/assets/a.css?login')).cache).toBeNull()
    await site.get('/assets/none')
    expect((await site.get('/assets/none')).cache).toBe('hit; ttl=60')
  })

  test('what no cache() is for is answered between two in silence', async () => {
    const site = open()
    const socket: MiddlewareHandler = async (c, next) =>
      c.req.header('upgrade') ? c.text('connected') : next()
    site.app.use(cache(), cors(), socket, cache())
    site.app.get('/page', (c) => c.text('page'))
    expect(await site.get('/page', { method: 'OPTIONS' })).toMatchObject({ status: 204, cache: null })
    const upgraded = await site.get('/page', { headers: { upgrade: 'websocket' } })
    expect(upgraded).toMatchObject({ body: 'connected', cache: null })
    expect(site.transcript()).toEqual([])
  })

  test('an outer one that acts claims only its own routes', async () => {
    const site = open()
    const made = counter()
    site.app.use('/a/*', cache({ expire: 10 }))
    site.app.get('/a/x', (c) => c.text(made()))
    site.app.get('/b/x', (c) => c.text(made()))
    await site.get('/a/x')
    expect((await site.get('/a/x')).cache).toBe('hit; ttl=10')
    expect((await site.get('/b/x')).cache).toBeNull()
  })
})
