/** RFC 9111 §4.4, Invalidating Stored Responses: a successful unsafe request clears what it may have changed. */
import { every } from 'hono/combine'
import { expect, test, vi } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { at, fresh, originAt, type Reply } from '../support/origin.ts'
import { counter, read, type Site } from '../support/site.ts'
import { onBothStores, onRedis } from '../support/stores.ts'

const HERE = 'http://localhost'

/** Fills the paths, makes the request, and says which of them are still there. */
async function survivors(
  site: Site,
  paths: readonly string[],
  request: readonly [path: string, init: RequestInit],
): Promise<string[]> {
  for (const path of paths) await site.get(path)
  await site.get(...request)
  const kept: string[] = []
  for (const path of paths) if ((await site.get(path)).cache?.startsWith('hit')) kept.push(path)
  return kept
}

const unsafe = (open: Site, reply: Reply, options: CacheOptions = {}): Site => {
  const made = counter()
  open.app.all('*', cache({ policy: 'standard', ...options }), (c) =>
    c.req.method === 'GET'
      ? c.text(made(), 200, fresh(60))
      : new Response(reply.body ?? null, {
          status: reply.status ?? 200,
          ...(reply.headers && { headers: reply.headers }),
        }),
  )
  return open
}

onBothStores('RFC 9111 §4.4', (open) => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'M-SEARCH'])(
    '%s clears its path, with every query of it',
    async (method) => {
      const site = unsafe(open(), {})
      const kept = await survivors(site, ['/page', '/page?a=1', '/other'], ['/page?b=2', { method }])
      expect(kept).toEqual(['/other'])
    },
  )

  test.each([
    [201, []],
    [204, []],
    [302, []],
    [400, ['/page']],
    [404, ['/page']],
    [500, ['/page']],
  ])('with status %d there is left: %j', async (status, left) => {
    const site = unsafe(open(), { status })
    expect(await survivors(site, ['/page'], ['/page', { method: 'PUT' }])).toEqual(left)
  })

  test.each([
    ['cache-control', 'no-store'],
    ['if-match', '"v1"'],
  ])('so does a PUT with %s: %s, which only keeps a GET out of the cache', async (name, value) => {
    const site = unsafe(open(), {})
    const put = { method: 'PUT', headers: { [name]: value } }
    expect(await survivors(site, ['/page'], ['/page', put])).toEqual([])
  })

  test.each(['GET', 'HEAD', 'OPTIONS', 'QUERY'])('%s is safe', async (method) => {
    const site = unsafe(open(), {})
    expect(await survivors(site, ['/page'], ['/page', { method }])).toEqual(['/page'])
  })

  test.each(['location', 'content-location'])(
    '%s is cleared as well, where it is of the same origin',
    async (name) => {
      for (const [reference, left] of [
        ['/items/7', ['/items']],
        ['items/7#part', ['/items']],
        [`${HERE}/items/7?a=1`, ['/items']],
        ['https://localhost/items/7', ['/items', '/items/7']],
        ['http://other.example/items/7', ['/items', '/items/7']],
        ['http://localhost:81/items/7', ['/items', '/items/7']],
        ['http://', ['/items', '/items/7']],
      ] as const) {
        const site = unsafe(open(), { status: 201, headers: { [name]: reference } })
        expect(await survivors(site, ['/items', '/items/7'], ['/', { method: 'POST' }])).toEqual(left)
      }
    },
  )

  test.each([{ location: 'http://' }, {}])(
    'a reference to no URL is none, and no error: %j',
    async (headers) => {
      const site = unsafe(open(), { status: 201, headers })
      await site.get('/null')
      expect(await site.get('/page', { method: 'POST' })).toMatchObject({ status: 201, cache: 'fwd=method' })
      expect((await site.get('/null')).cache).toBe('hit; ttl=60')
    },
  )

  test('it is cleared before the client gets its answer', async () => {
    const site = unsafe(open(), {})
    await site.get('/page')
    await site.fetch('/page', { method: 'PUT' })
    expect((await site.fetch('/page')).headers.get('cache-status')).toMatch(/fwd=miss/)
    await site.settle()
  })

  test('it is told once, by the innermost cache()', async () => {
    const site = open()
    site.app.all('*', cache({ policy: 'standard' }))
    site.app.put('/page', every(cache({ policy: 'standard' })), (c) => c.body(null, 204))
    expect(await site.get('/page', { method: 'PUT' })).toMatchObject({ status: 204, cache: 'fwd=method' })
    expect(site.transcript()).toEqual([
      'bypass PUT /page {reason: method}',
      'bypass PUT /page {reason: method}',
      'clear PUT /page {scopes: p:%2Fpage, confirmed: true}',
    ])
  })

  test('a handler that throws has changed nothing that anybody knows of', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }, { error: new Error('no') }])
    await site.get('/page')
    expect((await site.get('/page', { method: 'PUT' })).status).toBe(500)
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('the safe policy leaves it to clear()', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }], { policy: 'safe' })
    await site.get('/page')
    await site.get('/page', { method: 'PUT' })
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })
})

onBothStores('RFC 9110 §9.3.3, a POST that says what a GET would get', (open) => {
  const post = (headers: Record<string, string>): Reply => ({ headers, body: 'posted' })

  test.each([
    fresh(60),
    { 'cache-control': 's-maxage=60' },
    { expires: at(60) },
    { 'cdn-cache-control': 'max-age=60' },
  ])('is stored for GET, whoever has sent it: %j', async (freshness) => {
    const site = unsafe(open(), post({ ...freshness, 'content-location': '/page' }))
    const headers = { cookie: 'session=alice' }
    expect((await site.get('/page', { method: 'POST', headers })).cache).toBe('fwd=method; stored')
    expect(await site.get('/page')).toMatchObject({ body: 'posted', cache: 'hit; ttl=60' })
  })

  test('is not, where the request says no-store', async () => {
    const site = unsafe(open(), post({ ...fresh(60), 'content-location': '/page' }))
    const headers = { 'cache-control': 'no-store' }
    expect((await site.get('/page', { method: 'POST', headers })).cache).toBe('fwd=method')
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })

  test('and clears what else there is of its path, and what is still being made of older data', async () => {
    const site = open()
    const gate = Promise.withResolvers<void>()
    let data = 'old'
    site.app.all('/page', cache({ policy: 'standard' }), async (c) => {
      if (c.req.method === 'POST') data = 'new'
      const body = `${data} ${c.req.header('accept-language') ?? ''}`
      if (c.req.query('slow')) await gate.promise
      return c.text(body, 200, { ...fresh(60), 'content-location': '/page', vary: 'accept-language' })
    })
    const german = { headers: { 'accept-language': 'de' } }
    await site.get('/page', german)
    const slow = site.fetch('/page?slow=1')
    await vi.waitFor(() => expect(site.transcript().join()).toContain('miss'))
    expect(await read(await site.fetch('/page', { method: 'POST' }))).toMatchObject({
      cache: 'fwd=method; stored',
    })
    gate.resolve()
    await (await slow).text()
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'new ', cache: 'hit; ttl=60' })
    expect(await site.get('/page', german)).toMatchObject({ body: 'new de' })
    expect(await site.get('/page?slow=1')).toMatchObject({ body: 'new ' })
  })

  test('is given while its body is still made, and stored once that has ended', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const headers = { ...fresh(60), 'content-location': '/page' }
    const site = unsafe(open(), { headers, body: readable })
    const posted = await site.fetch('/page', { method: 'POST' })
    expect(posted.headers.get('cache-status')).toBe('hono-redis-cache; fwd=method; stored')
    const writer = writable.getWriter()
    const sent = writer.write(new TextEncoder().encode('posted')).then(() => writer.close())
    expect(await posted.text()).toBe('posted')
    await sent
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'posted', cache: 'hit; ttl=60' })
  }, 5_000)

  test('ends, with `awaitStore`, only once it is stored', async () => {
    const headers = { ...fresh(60), 'content-location': '/page' }
    const site = unsafe(open(), { headers, body: 'posted' }, { awaitStore: true })
    await (await site.fetch('/page', { method: 'POST' })).text()
    expect((await read(await site.fetch('/page'))).cache).toBe('hit; ttl=60')
  })

  test('is not, where it has seen cookies that are kept from a GET', async () => {
    const site = open()
    site.app.all('/page', cache({ policy: 'standard', vary: { cookies: ['theme'] } }), (c) =>
      c.text(`for ${c.req.header('cookie')}`, 200, { ...fresh(60), 'content-location': '/page' }),
    )
    const as = (cookie: string, method = 'GET') => site.get('/page', { method, headers: { cookie } })
    expect((await as('theme=dark; session=alice', 'POST')).body).toBe('for theme=dark; session=alice')
    expect((await as('theme=dark; session=bob')).body).toBe('for theme=dark')
    // One that has seen none has seen what a GET without them sees.
    await site.get('/page', { method: 'POST' })
    expect(await site.get('/page')).toMatchObject({ body: 'for undefined', cache: 'hit; ttl=60' })
  })

  test('and clears what else it names', async () => {
    const headers = { ...fresh(60), 'content-location': '/page', location: '/list' }
    const site = unsafe(open(), post(headers))
    expect(await survivors(site, ['/page', '/list'], ['/page', { method: 'POST' }])).toEqual(['/page'])
  })

  test.each<[string, Record<string, string>, number?]>([
    ['without freshness of its own, whatever the route names', { 'content-location': '/page' }],
    [
      'with an Expires whose place a field for caches takes',
      { 'content-location': '/page', expires: at(60), 'cdn-cache-control': 'public' },
    ],
    ['without Content-Location', fresh(60)],
    ['with another one', { ...fresh(60), 'content-location': '/page?a=1' }],
    ['that leads elsewhere', { ...fresh(60), 'content-location': '/page' }, 303],
    ['that is private', { ...fresh(60, ', private'), 'content-location': '/page' }],
  ])('is not, %s', async (_, headers, status = 200) => {
    const site = unsafe(open(), { ...post(headers), status }, { expire: 60 })
    await site.get('/page')
    await site.get('/page', { method: 'POST' })
    expect(await site.get('/page')).toMatchObject({ body: 'two' })
  })

  test('a PUT that says so is not', async () => {
    const site = unsafe(open(), post({ ...fresh(60), 'content-location': '/page' }))
    expect((await site.get('/page', { method: 'PUT' })).cache).toBe('fwd=method')
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })

  test('is not, where somebody has cleared anything meanwhile: it may be made of older data', async () => {
    const site = open()
    site.app.post('/page', cache({ policy: 'standard' }), async (c) => {
      await site.clear({ tag: 'prices' })
      c.get('cache').tag('prices')
      return c.text('posted', 200, { ...fresh(60), 'content-location': '/page' })
    })
    expect((await site.get('/page', { method: 'POST' })).cache).toBe('fwd=method')
    expect(site.transcript().at(-1)).toBe('not-stored POST /page {reason: cleared}')
  })

  test('is not, where a GET would have no key, and that is no failure', async () => {
    const site = unsafe(open(), post({ ...fresh(60), 'content-location': '/page' }), {
      keyBuilder: () => null,
    })
    expect((await site.get('/page', { method: 'POST' })).cache).toBe('fwd=method')
    expect(site.transcript()).toEqual([
      'bypass POST /* {reason: method}',
      'clear POST /* {scopes: p:%2Fpage, confirmed: true}',
    ])
  })
})

onRedis('the store, in the middle of an unsafe request', (world) => {
  test('a clear that fails suspends the path: nobody gets what it would have cleared', async () => {
    const { bridge, open } = world()
    const site = unsafe(open(), { status: 204 })
    await site.get('/page')
    bridge.fault = { kind: 'reset' }
    expect((await site.fetch('/page', { method: 'PUT' })).status).toBe(204)
    bridge.fault = null
    const { body, headers } = await site.fetch('/page').then(async (response) => ({
      body: await response.text(),
      headers: response.headers,
    }))
    expect(body).toBe('two')
    expect(headers.get('cache-status')).toMatch(/fwd=bypass; detail=clear-pending/)
  })

  test('a clock that is lost while a POST is answered: who else has cleared is not known, and nothing is stored', async () => {
    const { bridge, open } = world()
    const site = open({ prefix: 'lost' })
    site.app.all('/page', cache({ policy: 'standard' }), async (c) => {
      if (c.req.method === 'POST') await bridge.replay(['DEL', 'lost:clock'])
      return c.text('posted', 200, { ...fresh(60), 'content-location': '/page' })
    })
    expect((await site.get('/page', { method: 'POST' })).cache).toBe('fwd=method')
    expect(site.transcript().at(-1)).toBe('not-stored POST /page {reason: cleared}')
  })

  test.each([
    [
      'MGET',
      [
        'store-failed POST /* {operation: clear, reason: failed}',
        'clear POST /* {scopes: p:%2Fpage, confirmed: false}',
      ],
    ],
    [
      'EVAL',
      [
        'clear POST /* {scopes: p:%2Fpage, confirmed: true}',
        'store-failed POST /* {operation: look-up, reason: failed}',
        'not-stored POST /* {reason: store, detail: failed}',
      ],
    ],
  ])(
    'a Redis that goes away after its first %s is asked no more: the POST is answered, and not stored',
    async (last, told) => {
      const { bridge, open } = world()
      const site = unsafe(open(), { headers: { ...fresh(60), 'content-location': '/page' } })
      await site.get('/page')
      site.transcript()
      bridge.intercept = async ([name], forward) => {
        const answer = await forward()
        if (name === last) bridge.fault = { kind: 'reset' }
        return answer
      }
      const { status, headers } = await site.fetch('/page', { method: 'POST' })
      expect([status, headers.get('cache-status')]).toEqual([200, 'hono-redis-cache; fwd=method'])
      expect(site.transcript()).toEqual(['bypass POST /* {reason: method}', ...told])
    },
  )

  test('and until it is cleared, no POST has its answer stored for GET', async () => {
    const { bridge, open } = world()
    const site = unsafe(open(), { headers: { ...fresh(60), 'content-location': '/page' }, body: 'posted' })
    const post = async () => {
      const { headers } = await site.fetch('/page', { method: 'POST' })
      expect(headers.get('cache-status')).toBe('hono-redis-cache; fwd=method')
      return site.transcript()
    }
    bridge.fault = { kind: 'reset' }
    expect(await post()).toEqual([
      'bypass POST /* {reason: method}',
      'store-failed POST /* {operation: look-up, reason: failed}',
      'store-failed POST /* {operation: clear, reason: failed}',
      'clear POST /* {scopes: p:%2Fpage, confirmed: false}',
    ])
    bridge.fault = null
    expect(await post()).toEqual([
      'bypass POST /* {reason: method}',
      'clear POST /* {scopes: p:%2Fpage, confirmed: true}',
    ])
  })
})
