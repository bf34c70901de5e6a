/**
 * Middleware between `redisCache()` and `cache()` may make another response of the one that it is given. What a client
 * gets in the place of a whole one, a 304 or a part, is therefore given last, and of that response alone.
 */
import { serve } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import { expect, test } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

/** Puts the name of whoever asks into the page. */
const personal: MiddlewareHandler = async (c, next) => {
  await next()
  const text = await c.res.text()
  c.res = new Response(text.replace('{{user}}', c.req.header('x-user') ?? 'nobody'), c.res)
}
const PAGE = 'hello {{user}}'

onBothStores('a page into which middleware above puts the name of the caller', (open) => {
  const personalSite = (tag?: string) => {
    const site = open()
    site.app.use(personal)
    site.app.get('/page', cache(), (c) => c.text(PAGE, 200, tag === undefined ? {} : { etag: tag }))
    const ask = (user: string, headers: Record<string, string> = {}) =>
      site.get('/page', { headers: { 'x-user': user, ...headers } })
    return { site, ask }
  }

  test('has no entity tag of the page that it was made of', async () => {
    const { ask } = personalSite()
    await ask('alice')
    const hit = await ask('alice')
    expect(hit).toMatchObject({ body: 'hello alice', cache: 'hit; ttl=60' })
    expect(hit.headers.has('etag')).toBe(false)
  })

  test('has that of its handler, who may know what stands above', async () => {
    const { ask } = personalSite('"v1"')
    await ask('alice')
    const hit = await ask('alice')
    expect([hit.cache, hit.headers.get('etag')]).toEqual(['hit; ttl=60', '"v1"'])
  })

  test('is not confirmed to another caller in the same browser, on a miss or on a hit', async () => {
    const { ask } = personalSite('"v1"')
    for (const user of ['alice', 'bob', 'carol']) {
      const answer = await ask(user, { 'if-none-match': '"v1"' })
      expect(answer).toMatchObject({ status: 200, body: `hello ${user}` })
    }
  })

  test('is given whole where a range of it is asked for', async () => {
    const { ask } = personalSite()
    for (const user of ['alice', 'bob']) {
      for (const range of ['bytes=0-1', 'bytes=900-']) {
        const answer = await ask(user, { range })
        expect(answer).toMatchObject({ status: 200, body: `hello ${user}` })
        expect(answer.headers.has('content-range')).toBe(false)
      }
    }
  })
})

onBothStores('a response of which middleware above changes no more than the fields', (open) => {
  test.each<[string, (c: Context) => void]>([
    ['c.header()', (c) => c.header('x-after', 'set')],
    ['its Headers', (c) => c.res.headers.set('x-after', 'set')],
  ])('is selected from, with what was set by %s', async (_, set) => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      set(c)
    })
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v1"' }))
    const ask = async (headers: Record<string, string>) => {
      const { status, body, headers: fields } = await site.get('/page', { headers })
      return [status, body, fields.get('content-range'), fields.get('x-after')]
    }
    for (let i = 0; i < 2; i++) expect(await ask({ 'if-none-match': '"v1"' })).toEqual([304, '', null, 'set'])
    expect(await ask({ range: 'bytes=1-2' })).toEqual([206, 'ad', 'bytes 1-2/4', 'set'])
    expect(await ask({ range: 'bytes=9-' })).toEqual([416, '', 'bytes */4', 'set'])
    expect(await ask({})).toEqual([200, 'made', null, 'set'])
  })

  test('has no field again that was taken away above, in a 304 either', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      const { body, status, headers } = c.res
      const left = [...headers].filter(([name]) => name !== 'x-inside')
      c.res = undefined
      c.res = new Response(body, { status, headers: left })
    })
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v1"', 'x-inside': 'yes' }))
    for (const headers of [{}, { 'if-none-match': '"v1"' }])
      expect((await site.get('/page', { headers })).headers.has('x-inside')).toBe(false)
  })

  test("with Hono's own etag() above, a client that has it gets its 304", async () => {
    const site = open()
    site.app.use(etag())
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    const tag = (await site.get('/page')).headers.get('etag')!
    const answer = await site.get('/page', { headers: { 'if-none-match': tag } })
    expect(answer).toMatchObject({ status: 304, cache: 'hit; ttl=60' })
    expect(answer.headers.get('etag')).toBe(tag)
  })

  test("with Hono's own etag() above, which makes the tag where cache() makes none, likewise", async () => {
    const site = open()
    site.app.use(etag())
    site.app.get('/page', cache({ etag: false }), (c) => c.text('made'))
    const tag = (await site.get('/page')).headers.get('etag')!
    const { status, headers } = await site.get('/page', { headers: { 'if-none-match': tag } })
    expect([status, headers.get('etag')]).toEqual([304, tag])
  })

  test('of one without a body, a client that has it gets its 304', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.body(null, 200, { etag: '"v1"' }))
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
      const answer = await site.get('/page', { headers: { 'if-none-match': '"v1"' } })
      expect(answer).toMatchObject({ status: 304, cache })
    }
  })

  test('one without a body that was put in its place is another', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      const { status } = c.res
      c.res = undefined
      c.res = new Response(null, { status, headers: { 'x-own': 'yes' } })
    })
    site.app.get('/page', cache(), (c) => c.body(null, 200, { etag: '"v1"' }))
    for (let i = 0; i < 2; i++) {
      const answer = await site.get('/page', { headers: { 'if-none-match': '"v1"' } })
      expect(answer.status).toBe(200)
    }
  })

  test('one to which another status was given is not the page that the client has', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      c.res = new Response(c.res.body, { status: 404, headers: c.res.headers })
    })
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v1"' }))
    await site.get('/page')
    const answer = await site.get('/page', { headers: { 'if-none-match': '"v1"', range: 'bytes=1-2' } })
    expect(answer).toMatchObject({ status: 404, body: 'made', cache: 'hit; ttl=60' })
  })

  test.each([['"of it"'], [null]])('one in its place keeps the entity tag that it has: %s', async (tag) => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      c.res = undefined
      c.res = new Response('another', { headers: tag === null ? {} : { etag: tag } })
    })
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    const { status, headers } = await site.get('/page')
    expect([status, headers.get('etag')]).toEqual([200, tag])
  })

  test('below a second redisCache(), a last good answer is confirmed as any other', async () => {
    const site = open()
    let status: 200 | 503 = 200
    site.app.use(cache({ expire: 1, staleIfError: 100 }), redisCache({ ...site.options, timeout: 300 }))
    site.app.get('/page', (c) => c.text('made', status, { etag: '"v1"' }))
    await site.get('/page')
    status = 503
    pass(10)
    expect((await site.get('/page', { headers: { 'if-none-match': '"v1"' } })).status).toBe(304)
  })
})

/** What an app answers over HTTP, on Node's adapter. */
async function served(
  app: Hono,
  talk: (get: (path: string, headers?: HeadersInit) => Promise<Response>) => Promise<void>,
) {
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  try {
    await new Promise<void>((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await talk((path, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers }))
  } finally {
    server.close()
  }
}

test("on Node's adapter, too: a 304, a part, and the whole of what was made above", async () => {
  const app = new Hono().use(redisCache({ store: memoryStore() }))
  app.use('/personal', personal)
  app.get('/:page', cache(), (c) => c.text(PAGE, 200, { etag: '"v1"' }))
  await served(app, async (get) => {
    const ask = async (path: string, headers: Record<string, string>) => {
      const response = await get(path, headers)
      return [response.status, await response.text()]
    }
    for (let i = 0; i < 2; i++) {
      expect(await ask('/page', { 'if-none-match': '"v1"' })).toEqual([304, ''])
      expect(await ask('/personal', { 'if-none-match': '"v1"', 'x-user': 'bob' })).toEqual([200, 'hello bob'])
    }
    expect(await ask('/page', { range: 'bytes=0-4' })).toEqual([206, 'hello'])
    expect(await ask('/personal', { range: 'bytes=0-4' })).toEqual([200, 'hello nobody'])
  })
})

test('a body that is none has no type on a hit, either', async () => {
  const app = new Hono().use(redisCache({ store: memoryStore() })).get('/', cache(), (c) => c.body(null))
  await served(app, async (get) => {
    for (let i = 0; i < 2; i++) expect((await get('/')).headers.get('content-type')).toBeNull()
  })
})

onBothStores('a response that is there before cache()', (open) => {
  test('is the one that the client gets, as without a cache, and nothing is stored', async () => {
    const site = open()
    const made = counter()
    site.app.use(async (c, next) => {
      c.res = new Response(`of ${c.req.header('x-user')}`)
      await next()
    })
    site.app.get('/page', cache(), (c) => c.text(made()))
    for (const user of ['alice', 'bob']) {
      const answer = await site.get('/page', { headers: { 'x-user': user } })
      expect(answer).toMatchObject({ body: `of ${user}`, cache: 'fwd=bypass; detail=configuration' })
    }
    expect(site.transcript()[0]).toContain('let it do so after next()')
  })
})
