/** What belongs to an entry: what was made below `cache()`. What middleware above sets is each request's own. */
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('middleware above', (open) => {
  test.each(['before', 'after'])(
    'a header that it sets %s next() is never stored, and set anew on a hit',
    async (when) => {
      const site = open()
      const id = counter()
      site.app.use(async (c, next) => {
        if (when === 'before') c.header('x-request-id', id())
        await next()
        if (when === 'after') c.header('x-request-id', id())
      })
      site.app.get('/page', cache(), (c) => c.text('made', 200, { 'x-own': 'kept' }))
      expect((await site.get('/page')).headers.get('x-request-id')).toBe('one')
      const hit = await site.get('/page')
      expect(hit.cache).toBe('hit; ttl=60')
      expect(hit.headers.get('x-request-id')).toBe('two')
      expect(hit.headers.get('x-own')).toBe('kept')
    },
  )

  test("Hono's own requestId() gives every hit an id of its own", async () => {
    const site = open()
    const id = counter()
    site.app.use(requestId({ generator: id }))
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    expect((await site.get('/page')).headers.get('x-request-id')).toBe('two')
  })

  test.each(['before', 'after'])(
    'a cookie that it sets %s next() neither keeps a page out nor gets into it',
    async (when) => {
      const site = open()
      const session = counter()
      const set = (c: { header(name: string, value: string, options: { append: true }): void }) =>
        c.header('set-cookie', `session=${session()}`, { append: true })
      site.app.use(async (c, next) => {
        if (when === 'before') set(c)
        await next()
        if (when === 'after') set(c)
      })
      site.app.get('/page', cache(), (c) => c.text('made'))
      expect(await site.get('/page')).toMatchObject({ cache: 'fwd=uri-miss; stored' })
      const hit = await site.get('/page')
      expect(hit.cache).toBe('hit; ttl=60')
      expect(hit.headers.getSetCookie()).toEqual(['session=two'])
    },
  )

  test("the handler's own cookie keeps the page out, though one is set above as well", async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('set-cookie', 'above=1')
      await next()
    })
    site.app.get('/page', cache(), (c) => {
      c.header('set-cookie', 'own=1', { append: true })
      return c.text('made')
    })
    const miss = await site.get('/page')
    expect(miss.cache).toBe('fwd=uri-miss; detail=set-cookie')
    expect(miss.headers.getSetCookie()).toEqual(['above=1', 'own=1'])
  })

  test("CORS is each origin's own, on a hit as on a miss", async () => {
    const site = open()
    site.app.use(cors({ origin: ['https://a.example', 'https://b.example'], credentials: true }))
    site.app.get('/page', cache(), (c) => c.text('made'))
    const from = (origin: string) => site.get('/page', { headers: { origin } })
    expect((await from('https://a.example')).headers.get('access-control-allow-origin')).toBe(
      'https://a.example',
    )
    const hit = await from('https://b.example')
    expect(hit.cache).toBe('hit; ttl=60')
    expect(hit.headers.get('access-control-allow-origin')).toBe('https://b.example')
    expect(hit.headers.get('vary')?.toLowerCase()).toBe('origin')
  })

  test('a Vary of the handler is added to the one from above, once, on a hit as on a miss', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('vary', 'origin')
      await next()
    })
    site.app.get('/page', cache({ vary: ['accept-language'] }), (c) => {
      c.header('vary', 'accept-language', { append: true })
      return c.text('made')
    })
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60', 'hit; ttl=60']) {
      const answer = await site.get('/page')
      expect(answer.cache).toBe(cached)
      expect(answer.headers.get('vary')).toBe('origin, accept-language')
    }
  })

  test('what the handler adds to or says over a field from above is there on a hit, where c.res was asked for above', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.res.headers.set('vary', 'origin')
      c.res.headers.set('x-frame-options', 'DENY')
      c.res.headers.append('set-cookie', 'seen=1')
      await next()
    })
    site.app.get('/page', cache(), (c) => {
      c.header('x-frame-options', 'SAMEORIGIN')
      return c.text(c.req.header('accept-language') ?? '')
    })
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60', 'hit; ttl=60']) {
      const answer = await site.get('/page', { headers: { 'accept-language': 'fr' } })
      expect(answer.cache).toBe(cached)
      expect(answer.headers.get('vary')).toBe('origin, accept-language')
      expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN')
      expect(answer.headers.getSetCookie()).toEqual(['seen=1'])
    }
  })

  test('the content type is the one of the body, whatever is set above', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('content-type', 'text/above')
      await next()
    })
    site.app.get('/page', cache(), (c) => c.json({ made: true }))
    const miss = await site.get('/page')
    const hit = await site.get('/page')
    expect(hit.cache).toBe('hit; ttl=60')
    expect(hit.headers.get('content-type')).toBe(miss.headers.get('content-type'))
  })

  test('a content type that is the same above and below is there on a hit', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('content-type', 'text/own')
      await next()
    })
    site.app.get('/page', cache(), (c) => c.body('made', 200, { 'content-type': 'text/own' }))
    await site.get('/page')
    const hit = await site.get('/page')
    expect(hit.cache).toBe('hit; ttl=60')
    expect(hit.headers.get('content-type')).toBe('text/own')
  })

  test('middleware above that looks at or replaces the answer works on a hit as on a miss', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      const text = await c.res.text()
      c.res = new Response(`<${text}>`, c.res)
    })
    site.app.get('/page', cache(), (c) => c.text('made'))
    expect((await site.get('/page')).body).toBe('<made>')
    expect(await site.get('/page')).toMatchObject({ body: '<made>', cache: 'hit; ttl=60' })
  })

  test('headers that middleware above sets are there on a 304 as well', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('x-request-id', 'mine')
      await next()
    })
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v1"' }))
    const headers = { 'if-none-match': '"v1"' }
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
      const answer = await site.get('/page', { headers })
      expect(answer).toMatchObject({ status: 304, cache: cached })
      expect(answer.headers.get('x-request-id')).toBe('mine')
    }
  })
})
