/** When the cache does nothing: it is missing, switched off, not wanted for a request or a response, or not HTTP. */
import { type Context, Hono } from 'hono'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type CacheOptions, cache, memoryStore, type RedisCacheOptions } from '../../src/index.ts'
import { counter, openSite, read } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

test('without redisCache() above it the route runs uncached, with one warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const made = counter()
  const app = new Hono().get('/page', cache(), (c) => c.text(made()))
  for (const body of ['one', 'two', 'three']) {
    const response = await app.request('/page')
    expect(await response.text()).toBe(body)
    expect(response.headers.has('cache-status')).toBe(false)
  }
  expect(warn.mock.calls).toEqual([
    ['hono-redis-cache: cache() without redisCache() above it: nothing is cached'],
  ])
  warn.mockRestore()
})

test('where the console throws, as in some test environments, that warning costs nobody the answer', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {
    throw new Error('a warning')
  })
  onTestFinished(() => warn.mockRestore())
  const app = new Hono().get('/page', cache(), (c) => c.text('made'))
  expect((await app.request('/page')).status).toBe(200)
})

onBothStores('switches', (open) => {
  test('enabled: false, and enabled as a function', async () => {
    for (const enabled of [false, () => false]) {
      const site = open({ enabled })
      const made = counter()
      site.app.get('/page', cache(), (c) => c.text(made()))
      await site.get('/page')
      expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=bypass; detail=disabled' })
      expect(site.transcript()[0]).toBe('bypass GET /page {reason: disabled}')
    }
  })

  test('enabled is asked for each request', async () => {
    const site = open({ enabled: (c) => c.req.query('off') === undefined })
    const made = counter()
    site.app.get('/page', cache({ query: false }), (c) => c.text(made()))
    await site.get('/page')
    expect((await site.get('/page?off')).body).toBe('two')
    expect((await site.get('/page')).body).toBe('one')
  })

  test('when: false leaves a request alone: it is neither answered from the cache nor stored', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ query: false, when: (c) => c.req.query('past') === undefined }), (c) =>
      c.text(made()),
    )
    expect((await site.get('/page?past')).cache).toBe('fwd=bypass; detail=when')
    expect((await site.get('/page')).body).toBe('two')
    expect((await site.get('/page?past')).body).toBe('three')
    expect((await site.get('/page')).body).toBe('two')
  })

  test('storeWhen: false keeps a response out', async () => {
    const site = open()
    const storeWhen = vi.fn((_c: unknown, res: Response) => res.headers.get('x-good') === 'yes')
    site.app.get('/:good', cache({ storeWhen }), (c) =>
      c.text('made', 200, { 'x-good': c.req.param('good') }),
    )
    expect((await site.get('/no')).cache).toBe('fwd=uri-miss; detail=store-when')
    await site.get('/yes')
    expect((await site.get('/yes')).cache).toBe('hit; ttl=60')
    expect(storeWhen).toHaveBeenCalledTimes(2)
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /:good {reason: uri-miss}",
        "not-stored GET /:good {reason: store-when}",
        "miss GET /:good {reason: uri-miss}",
        "stored GET /:good {seconds: 60}",
        "hit GET /:good {ttl: 60}",
      ]
    `)
  })

  test('expire and storeWhen are shown no body, and nothing that they do to the rest reaches the client', async () => {
    const seen: unknown[] = []
    const meddle = (_c: unknown, res: Response) => {
      seen.push([res.status, res.headers.get('x-own'), res.body])
      res.headers.set('x-own', 'meddled with')
      void res.text()
      return true
    }
    const site = open()
    const options = {
      expire: { 404: (c: Context, res: Response) => (meddle(c, res) ? 60 : 0) },
      storeWhen: meddle,
    }
    site.app.get('/text', cache(options), (c) => c.text('made', 404, { 'x-own': 'as made' }))
    site.app.get('/stream', cache(options), (c) =>
      c.body(new Response('made').body!, 404, { 'x-own': 'as made' }),
    )
    for (const path of ['/text', '/text', '/stream', '/stream']) {
      const answer = await site.get(path)
      expect([answer.status, answer.body, answer.headers.get('x-own')]).toEqual([404, 'made', 'as made'])
    }
    expect(seen).toEqual(Array(4).fill([404, 'as made', null]))
  })

  test('an asynchronous storeWhen that reads the body learns nothing, and takes nothing away', async () => {
    const site = open()
    const storeWhen = async (_c: unknown, res: Response) => ((await res.json()) as { ok: boolean }).ok
    // @ts-expect-error: the types forbid it already
    site.app.get('/page', cache({ storeWhen }), (c) => c.json({ ok: true }))
    expect(await site.get('/page')).toMatchObject({ status: 200, body: '{"ok":true}' })
    expect(site.transcript()[1]).toContain('storeWhen gave a promise; it must answer at once')
  })

  test.each<[string, (res: Response) => unknown]>([
    ['was read', (res) => res.text()],
    ['is being read', (res) => res.body!.getReader()],
  ])('a response whose body %s already cannot be stored, and is given out as it is', async (_, take) => {
    const site = open()
    site.app.get('/page', cache(), async (c) => {
      const res = c.text('made')
      await take(res)
      return res
    })
    const response = await site.fetch('/page')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-status')).toBe('hono-redis-cache; fwd=uri-miss; detail=error')
    await site.settle()
    expect(site.transcript()).toEqual([
      'miss GET /page {reason: uri-miss}',
      'not-stored GET /page {reason: error, detail: its body was read or sent already, or cannot be copied}',
    ])
  })

  test('a callback that throws is an event and an uncached request, never a 500', async () => {
    const boom = () => {
      throw new TypeError('secret')
    }
    const off = open({ enabled: boom })
    off.app.get('/page', cache(), (c) => c.text('made'))
    expect(await off.get('/page')).toMatchObject({ status: 200, cache: 'fwd=bypass; detail=configuration' })
    const site = open()
    site.app.get('/when', cache({ when: boom }), (c) => c.text('made'))
    site.app.get('/store', cache({ storeWhen: boom }), (c) => c.text('made'))
    expect(await site.get('/when')).toMatchObject({ status: 200, cache: 'fwd=bypass; detail=configuration' })
    expect(await site.get('/store')).toMatchObject({
      status: 200,
      cache: 'fwd=uri-miss; detail=configuration',
    })
    expect([...off.transcript(), ...site.transcript()]).toMatchInlineSnapshot(`
      [
        "bypass GET /page {reason: configuration, detail: enabled or when threw TypeError}",
        "bypass GET /when {reason: configuration, detail: enabled or when threw TypeError}",
        "miss GET /store {reason: uri-miss}",
        "not-stored GET /store {reason: configuration, detail: storeWhen threw TypeError}",
      ]
    `)
  })

  test('a WebSocket upgrade goes through untouched', async () => {
    const site = open()
    const answer = new Response(null, { status: 200, headers: { 'x-own': '1' } })
    Object.freeze(answer)
    site.app.get('/socket', cache(), () => answer)
    const headers = { upgrade: 'websocket', connection: 'Upgrade' }
    const response = await site.fetch('/socket', { headers })
    expect([...response.headers]).toEqual([['x-own', '1']])
    expect(site.transcript()).toEqual(['bypass GET /socket {reason: upgrade}'])
  })

  test('the defaults of redisCache() count for every cache() that does not say otherwise', async () => {
    const site = open({ defaults: { expire: 10, namespace: 'ours' } })
    site.app.get('/default', cache(), (c) => c.text('made'))
    site.app.get('/own', cache({ expire: 20 }), (c) => c.text('made'))
    await site.get('/default')
    await site.get('/own')
    expect((await site.get('/default')).cache).toBe('hit; ttl=10')
    expect((await site.get('/own')).cache).toBe('hit; ttl=20')
    expect(site.events.filter(({ type }) => type === 'stored')).toMatchObject([
      { namespace: 'ours' },
      { namespace: 'ours' },
    ])
  })
})

test.each<[string, CacheOptions, RedisCacheOptions, string]>([
  ['standard', { policy: 'standard' }, {}, 'configuration'],
  ['safe', {}, {}, 'configuration'],
  ['switched off', { policy: 'standard' }, { enabled: false }, 'disabled'],
])('a request without headers gets its answer all the same: %s', async (_, page, options, detail) => {
  const site = openSite({ store: memoryStore(), ...options })
  site.app.get('/page', cache(page), (c) => c.text('page'))
  const bare = { url: 'http://localhost/page', method: 'GET' } as Request
  const answer = await read(await site.app.fetch(bare))
  expect(answer).toMatchObject({ status: 200, body: 'page', cache: `fwd=bypass; detail=${detail}` })
})
