/** RFC 5861 §3, stale-while-revalidate: the stale answer at once, and a new one behind it. */
import { every } from 'hono/combine'
import { cors } from 'hono/cors'
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { fresh, originAt, type Reply } from '../support/origin.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const GOOD: Reply = { headers: fresh(60) }
const WINDOW = { staleWhileRevalidate: 100 }

onBothStores('RFC 5861 §3', (open) => {
  test.each(['safe', 'standard'] as const)('%s: stale at once, refreshed behind it', async (policy) => {
    const site = originAt(open(), [GOOD], { policy, ...WINDOW })
    await site.get('/page')
    pass(70)
    expect(await site.get('/page')).toMatchObject({
      body: 'one',
      cache: 'hit; ttl=-10',
    })
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
    expect(site.transcript()).toEqual([
      'miss GET /* {reason: uri-miss}',
      'stored GET /* {seconds: 160}',
      'hit GET /* {ttl: -10}',
      'stored GET /* {seconds: 160}',
      'hit GET /* {ttl: 60}',
    ])
  })

  test('it begins in the very moment in which freshness ends', async () => {
    const site = originAt(open(), [GOOD], { policy: 'standard', ...WINDOW })
    await site.get('/page')
    pass(60)
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=0' })
    expect((await site.get('/page')).body).toBe('two')
  })

  test('the answer does not wait for it', async () => {
    const site = open()
    const made = counter()
    let finish = () => {}
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), async (c) => {
      const text = made()
      if (text === 'two') await new Promise<void>((resolve) => (finish = resolve))
      return c.text(text)
    })
    await site.get('/page')
    pass(70)
    expect(await (await site.fetch('/page')).text()).toBe('one')
    expect(await (await site.fetch('/page')).text()).toBe('one')
    finish()
    await site.settle()
    expect((await site.get('/page')).body).toBe('two')
  })

  test('a field that the handler adds to one of middleware above is added to it after a refresh, too', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('content-security-policy', "frame-ancestors 'none'")
      await next()
    })
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => {
      c.header('content-security-policy', "default-src 'self'", { append: true })
      return c.text('made')
    })
    for (const seconds of [0, 70, 0]) {
      pass(seconds)
      const { headers } = await site.get('/page')
      expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none', default-src 'self'")
    }
  })

  test('a field that Hono adds to any Response below cors() is added to it after a refresh, too', async () => {
    const site = open()
    site.app.use(cors())
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => {
      c.header('content-language', 'en')
      return new Response('made')
    })
    for (const seconds of [0, 70, 0]) {
      pass(seconds)
      expect((await site.get('/page')).headers.get('content-language')).toBe('en')
    }
  })

  test('one that cannot even begin is not the concern of the answer, and is tried again', async () => {
    const site = open()
    let broken = true
    site.app.use(async (c, next) => {
      const clone = () => {
        throw new Error('no copy of this')
      }
      if (broken) Object.defineProperty(c.req.raw, 'clone', { value: clone })
      await next()
    })
    const made = counter()
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => c.text(made()))
    await site.get('/page')
    pass(70)
    site.transcript()
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'one' })
    expect(site.transcript()).toEqual([
      'hit GET /page {ttl: -10}',
      'not-stored GET /page {reason: error, detail: refresh}',
    ])
    broken = false
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).body).toBe('two')
  })

  test('the window counts from the end of freshness, and ends', async () => {
    const site = originAt(open(), [GOOD, { status: 503 }], WINDOW)
    await site.get('/page')
    pass(160)
    expect((await site.get('/page')).status).toBe(200)
    pass(1)
    expect((await site.get('/page')).status).toBe(503)
  })

  test('it has begun already, where nothing made it fresh and caches on its way have kept it', async () => {
    const kept = { headers: { etag: '"v1"', age: '6', 'cache-control': 'stale-while-revalidate=10' } }
    const site = originAt(open(), [kept, kept])
    await site.get('/page')
    pass(4)
    expect(await site.fetch('/page').then((answer) => answer.text())).toBe('one')
    await site.settle()
    pass(5)
    expect(await site.get('/page')).toMatchObject({ body: 'three', cache: 'fwd=stale; stored' })
  })

  test.each<[string, string, CacheOptions, string]>([
    ['the response names it', ', stale-while-revalidate=10', {}, 'one'],
    ['the response beats the route', ', stale-while-revalidate=1', WINDOW, 'two'],
    ['the route names it', '', WINDOW, 'one'],
    ['nobody names it', '', {}, 'two'],
  ])('%s', async (_, directive, options, body) => {
    const site = originAt(open(), [{ headers: fresh(60, directive) }], options)
    await site.get('/page')
    pass(65)
    expect((await site.get('/page')).body).toBe(body)
  })

  test('what was cleared is not answered while it is refreshed', async () => {
    const site = originAt(open(), [GOOD], WINDOW)
    await site.get('/page')
    pass(70)
    await site.clear({ path: '/page' })
    expect((await site.get('/page')).body).toBe('two')
  })

  test('a clear while it is refreshed keeps the refreshed one out', async () => {
    const site = open()
    const made = counter()
    let duringRefresh = async () => {}
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), async (c) => {
      const text = made()
      await duringRefresh()
      return c.text(text)
    })
    await site.get('/page')
    pass(70)
    duringRefresh = async () => void (await site.clear({ path: '/page' }))
    expect((await site.get('/page')).body).toBe('one')
    duringRefresh = async () => {}
    expect((await site.get('/page')).body).toBe('three')
  })
})

onBothStores('what the refresh asks', (open) => {
  test('a GET without the client’s conditions and ranges, with the validators of what is stored', async () => {
    const site = originAt(
      open(),
      [{ headers: { ...fresh(60), etag: '"v1"' } }, { status: 304, headers: fresh(90) }],
      WINDOW,
    )
    await site.get('/page?a=1')
    pass(70)
    const headers = { 'if-range': '"v1"', 'if-none-match': '"v0"', range: 'bytes=0-1', 'x-own': 'kept' }
    await site.get('/page?a=1', { method: 'HEAD', headers })
    const refresh = site.asked[1]!
    expect(refresh).toMatchObject({ method: 'GET', url: 'http://localhost/page?a=1' })
    expect(refresh.headers.get('if-none-match')).toBe('"v1"')
    expect(refresh.headers.get('x-own')).toBe('kept')
    for (const name of ['if-range', 'range', 'if-modified-since'])
      expect(refresh.headers.has(name)).toBe(false)
    // Its 304 has renewed the entry.
    expect(await site.get('/page?a=1')).toMatchObject({ body: 'one', cache: 'hit; ttl=90' })
  })

  test('it is asked with the variables and parameters of the request', async () => {
    const site = open()
    const made = counter()
    site.app.use(async (c, next) => {
      c.set('tenant' as never, 'acme' as never)
      await next()
    })
    site.app.get('/p/:id', cache({ expire: 60, ...WINDOW, vary: { vars: ['tenant'] } }), (c) =>
      c.text(`${c.get('tenant' as never)} ${c.req.param('id')} ${made()}`),
    )
    await site.get('/p/7')
    pass(70)
    await site.get('/p/7')
    expect((await site.get('/p/7')).body).toBe('acme 7 two')
  })

  test.each([false, true])(
    'and not with what middleware above makes of them behind the answer, lease: %s',
    async (lease) => {
      const site = open()
      const made = counter()
      site.app.use(async (c, next) => {
        c.set('tenant' as never, 'acme' as never)
        await next()
        c.set('tenant' as never, 'nobody' as never)
      })
      const options = { expire: 60, ...WINDOW, lease, autoVary: false, vary: { vars: ['tenant'] } }
      site.app.get('/page', cache(options), (c) => c.text(`${c.get('tenant' as never)} ${made()}`))
      await site.get('/page')
      pass(70)
      await site.get('/page')
      expect((await site.get('/page')).body).toBe('acme two')
    },
  )

  test('explain() tells of it, where the app has no variable of its own in that place', async () => {
    const site = open()
    const told: unknown[] = []
    site.app.use('/own', async (c, next) => {
      c.set('cache', 'of the app' as never)
      await next()
    })
    for (const path of ['/page', '/own'])
      site.app.get(path, cache({ expire: 60, ...WINDOW, autoVary: false }), (c) => {
        const handle = c.get('cache')
        told.push(handle.explain ? handle.explain().events.map(({ type }) => type) : handle)
        return c.text('made')
      })
    for (const path of ['/page', '/own']) await site.get(path)
    pass(70)
    for (const path of ['/page', '/own']) await site.get(path)
    expect(told).toEqual([['miss'], 'of the app', [], 'of the app'])
  })

  test('its own tags, and its own reads, count', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => {
      const text = made()
      c.get('cache').tag(text)
      return c.text(text)
    })
    await site.get('/page')
    pass(70)
    await site.get('/page')
    await site.clear({ tag: 'two' })
    expect((await site.get('/page')).body).toBe('three')
  })
})

onBothStores('a refresh in which another cache() acts', (open) => {
  test('the outer one stores nothing of it', async () => {
    const site = open()
    const made = counter()
    let inner = false
    const own = every(cache({ expire: 5, namespace: 'inner' }))
    site.app.use('/page', cache({ expire: 60, ...WINDOW, autoVary: false }))
    site.app.get(
      '/page',
      (c, next) => (inner ? own(c, next) : next()),
      (c) => c.text(made()),
    )
    await site.get('/page')
    pass(70)
    inner = true
    expect((await site.get('/page')).body).toBe('one')
    const { cache: status, body } = await site.get('/page')
    expect({ status, body }).toEqual({ status: 'hit; ttl=-10', body: 'one' })
  })
})

onBothStores('a refresh that is answered with a 304 nobody asked for', (open) => {
  test.each<[string, Reply, CacheOptions]>([
    ['of a page without validators', GOOD, { ...WINDOW, etag: false }],
    ['of one that was not there', { ...GOOD, status: 404 }, WINDOW],
  ])('%s: renews nothing', async (_, reply, options) => {
    const site = originAt(open(), [reply, { status: 304, headers: fresh(90) }], options)
    await site.get('/page')
    pass(70)
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=-10')
  })
})

onBothStores('a refresh that fails', (open) => {
  test.each<[string, Reply, string]>([
    ['a throw', { error: new Error('down') }, 'not-stored GET /* {reason: error, detail: refresh}'],
    ['a 5xx', { status: 503 }, 'not-stored GET /* {reason: status, detail: refresh}'],
    [
      'a 5xx that may be stored',
      { status: 503, headers: fresh(600) },
      'not-stored GET /* {reason: status, detail: refresh}',
    ],
  ])('%s is an event, and the last good answer stays', async (_, failure, event) => {
    const site = originAt(open(), [GOOD, failure, failure, GOOD], WINDOW)
    await site.get('/page')
    pass(70)
    expect((await site.get('/page')).body).toBe('one')
    expect(site.transcript().at(-1)).toBe(event)
    // And it is tried again.
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
    expect(site.asked).toHaveLength(4)
  })

  test('one that reads what no key covers is not stored, and does no harm', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => {
      const text = made()
      return c.text(text === 'one' ? text : `for ${c.req.header('cookie')}`)
    })
    await site.get('/page')
    pass(70)
    await site.get('/page', { headers: { cookie: 'a=1' } })
    expect((await site.get('/page')).body).toBe('one')
  })
})
