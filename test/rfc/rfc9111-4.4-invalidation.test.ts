/** RFC 9111 §4.4, Invalidating Stored Responses: a successful unsafe request clears what it may have changed. */
import { every } from 'hono/combine'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores, onRedis } from '../support/stores.ts'
import { survivors, unsafe } from '../support/unsafe.ts'

const HERE = 'http://localhost'

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

  test('nor has one that gives no Response: what Hono makes of that is an error', async () => {
    const site = open()
    site.app.onError((_, c) => c.text('failed', 500))
    const none = () => undefined as unknown as Response
    site.app.all('/page', cache({ policy: 'standard' }), (c) =>
      c.req.method === 'GET' ? c.text('made', 200, fresh(60)) : none(),
    )
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
