/**
 * RFC 9111 §4.3, Validation: the handler is asked whether a stale entry is still right, and its 304 costs no new body.
 * Under both policies, but for what is said of one.
 */
import { expect, test } from 'vitest'
import { cache, memoize } from '../../src/index.ts'
import { at, fresh, originAt } from '../support/origin.ts'
import { counter } from '../support/site.ts'
import { onBothStores, onRedis, pass } from '../support/stores.ts'
import { unchanged, V1 } from './validation.ts'

onBothStores('RFC 9111 §4.3.1, Sending a Validation Request', (open) => {
  test.each(['safe', 'standard'] as const)(
    '%s: the handler sees the validators of what is stored',
    async (policy) => {
      const site = originAt(open(), [V1, unchanged()], { policy })
      await site.get('/page')
      pass(60)
      await site.get('/page', { headers: { 'if-none-match': '"of the client"', range: 'bytes=0-1' } })
      const { headers } = site.asked[1]!
      expect(headers.get('if-none-match')).toBe('"v1"')
      expect(headers.get('if-modified-since')).toBe(at(-9))
      expect(headers.has('range')).toBe(false)
    },
  )

  test('but no ETag that the cache has made, which says nothing to it', async () => {
    const site = originAt(open(), [
      { headers: fresh(60) },
      { headers: { ...fresh(60), 'last-modified': at(-9) } },
    ])
    await site.get('/page')
    expect((await site.get('/page')).headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/)
    pass(60)
    await site.get('/page')
    expect(site.asked[1]!.headers.has('if-none-match')).toBe(false)
    pass(60)
    await site.get('/page')
    expect(site.asked[2]!.headers.has('if-none-match')).toBe(false)
    expect(site.asked[2]!.headers.get('if-modified-since')).toBe(at(-9))
  })

  test('nor of an entry that was cleared: it says nothing of what is right now', async () => {
    const site = originAt(open(), [V1])
    await site.get('/page')
    pass(60)
    await site.clear({ path: '/page' })
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=miss; stored' })
    expect(site.asked[1]!.headers.has('if-none-match')).toBe(false)
    expect(site.asked[1]!.headers.has('if-modified-since')).toBe(false)
  })

  test.each([401, 404, 301, 300])(
    'of a stored %i nothing is asked: a 304 would be about the page',
    async (status) => {
      const site = originAt(open(), [
        { status, headers: { ...fresh(60), location: '/', 'last-modified': at(-9), etag: '"error"' } },
        V1,
      ])
      await site.get('/page')
      pass(60)
      expect(await site.get('/page')).toMatchObject({ status: 200, body: 'two' })
      expect(site.asked[1]!.headers.has('if-none-match')).toBe(false)
      expect(site.asked[1]!.headers.has('if-modified-since')).toBe(false)
    },
  )

  test('a POST that is cached is not made conditional: there it would mean something else', async () => {
    const site = originAt(open(), [V1], { methods: ['POST'] })
    const post = () => site.get('/page', { method: 'POST', body: 'q' })
    await post()
    expect((await post()).cache).toBe('hit; ttl=60')
    pass(60)
    expect((await post()).body).toBe('two')
    expect(site.asked[1]!.headers.has('if-none-match')).toBe(false)
  })
})

onBothStores('RFC 9111 §4.3.4, Freshening Stored Responses upon Validation', (open) => {
  test('the 304 of the handler renews the fields, the freshness and the age, and the body stays', async () => {
    const site = originAt(open(), [
      { ...V1, headers: { ...V1.headers, date: at(0), age: '10' } },
      unchanged({ 'x-version': 'second', 'cache-control': 'max-age=30', etag: '"v1"' }),
    ])
    await site.get('/page')
    pass(60)
    const renewed = await site.get('/page')
    expect(renewed).toMatchObject({
      status: 200,
      body: 'one',
      cache: 'fwd=stale; fwd-status=304; ttl=30; stored',
    })
    pass(5)
    const hit = await site.get('/page')
    expect(hit).toMatchObject({ status: 200, body: 'one', cache: 'hit; ttl=25' })
    expect(hit.headers.get('x-version')).toBe('second')
    expect(hit.headers.get('etag')).toBe('"v1"')
    expect(hit.headers.get('age')).toBe('5')
    expect(site.asked).toHaveLength(2)
  })

  test('its Age counts: it is as old as the caches on its way have made it', async () => {
    const site = originAt(open(), [V1, unchanged({ age: '50' })])
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).headers.get('age')).toBe('50')
    pass(9)
    const hit = await site.get('/page')
    expect(hit.cache).toBe('hit; ttl=1')
    expect(hit.headers.get('age')).toBe('59')
    pass(1)
    expect((await site.get('/page')).cache).toMatch(/^fwd=stale/)
  })

  test('what describes the stored body stays as it was', async () => {
    const described = {
      'content-encoding': 'br',
      'content-type': 'text/x-first',
      'content-digest': 'x=:AAAA:',
    }
    const site = originAt(open(), [
      { ...V1, headers: { ...V1.headers, ...described } },
      unchanged({ 'content-encoding': 'gzip', 'content-length': '999', 'content-digest': 'x=:BBBB:' }),
    ])
    await site.get('/page')
    pass(60)
    const { headers } = await site.get('/page')
    expect(headers.get('content-encoding')).toBe('br')
    expect(headers.get('content-type')).toBe('text/x-first')
    expect(headers.get('content-digest')).toBe('x=:AAAA:')
    expect(headers.get('content-length')).not.toBe('999')
  })

  test('a type that it has from middleware above is none of the stored body', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('content-type', 'text/html')
      await next()
    })
    site.app.get('/page', cache({ expire: 60 }), (c) =>
      c.req.header('if-none-match') ? c.body(null, 304) : c.json('made', 200, { etag: '"v1"' }),
    )
    await site.get('/page')
    for (const cache of ['fwd=stale; fwd-status=304; ttl=60; stored', 'hit; ttl=60']) {
      pass(cache.startsWith('fwd') ? 60 : 0)
      const answer = await site.get('/page')
      expect(answer).toMatchObject({ body: '"made"', cache })
      expect(answer.headers.get('content-type')).toBe('application/json')
    }
  })

  test('a field of its own counts, whatever its name begins with', async () => {
    const site = originAt(open(), [V1, unchanged({ 'content-security-policy': "default-src 'self'" })])
    await site.get('/page')
    pass(60)
    await site.get('/page')
    expect((await site.get('/page')).headers.get('content-security-policy')).toBe("default-src 'self'")
  })

  test('a further Vary of the 304 counts from then on', async () => {
    const site = originAt(open(), [
      V1,
      unchanged({ vary: 'x-who' }),
      { headers: { ...fresh(60), vary: 'x-who' }, body: 'for b' },
    ])
    await site.get('/page', { headers: { 'x-who': 'a' } })
    pass(60)
    await site.get('/page', { headers: { 'x-who': 'a' } })
    expect(await site.get('/page', { headers: { 'x-who': 'a' } })).toMatchObject({ body: 'one' })
    expect(await site.get('/page', { headers: { 'x-who': 'b' } })).toMatchObject({ body: 'for b' })
  })

  test('a client that has the same version gets the 304 on', async () => {
    const site = originAt(open(), [V1, unchanged()])
    await site.get('/page')
    pass(60)
    const answer = await site.get('/page', { headers: { 'if-none-match': 'W/"v1"' } })
    expect(answer).toMatchObject({ status: 304, body: '' })
    expect((await site.get('/page')).body).toBe('one')
  })

  test('also where the handler has put a request of its own in the place of the client’s', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60, autoVary: false }), (c) => {
      const has = c.req.header('if-none-match') !== undefined
      c.req.raw = new Request(c.req.url)
      return has ? c.body(null, 304) : c.text('page', 200, { etag: '"v1"' })
    })
    await site.get('/page')
    pass(61)
    expect((await site.get('/page', { headers: { 'if-none-match': '"v1"' } })).status).toBe(304)
  })

  test('one that nobody asked for renews nothing: the client has it', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }, { status: 304, headers: fresh(60) }])
    await site.get('/page')
    pass(60)
    for (let i = 0; i < 2; i++) expect((await site.get('/page')).status).toBe(304)
  })

  test('a full answer takes the place of what was stored', async () => {
    const site = originAt(open(), [V1, { headers: { ...fresh(60), etag: '"v2"' } }])
    await site.get('/page')
    pass(60)
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=stale; stored' })
    expect((await site.get('/page')).headers.get('etag')).toBe('"v2"')
  })

  test('a failure does not take its place, whatever validator it has: the next 304 is about the good answer', async () => {
    const failed = { status: 500, headers: { etag: '"failed"' } }
    const site = originAt(open(), [{ headers: { ...fresh(60), etag: '"1"' } }, failed, { status: 304 }])
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).cache).toBe('fwd=stale; detail=not-fresh')
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'one' })
    expect(site.asked[2]!.headers.get('if-none-match')).toBe('"1"')
  })

  test('it keeps its stamp: a clear during the validation is not undone by it', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60 }), async (c) => {
      if (c.req.header('if-none-match') !== '"v1"') return c.text(made(), 200, { etag: '"v1"' })
      await c.get('cache').clear({ path: '/page' })
      return c.body(null, 304)
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).body).toBe('one')
    expect(site.transcript().at(-1)).toBe('not-stored GET /page {reason: cleared}')
    expect((await site.get('/page')).body).toBe('two')
  })

  test('its scopes are the union: a tag that the 304 adds clears it, that of a memo it asked, and one of before as well', async () => {
    const version = memoize(() => '"v1"', { name: 'version', tags: ['memo'] })
    for (const tag of ['first', 'second', 'memo', 'route']) {
      const site = open()
      const made = counter()
      site.app.get('/page', cache({ expire: 60, tags: ['route'] }), async (c) => {
        const known = c.req.header('if-none-match')
        const unchanged = known !== undefined && known === (await version(c))
        c.get('cache').tag(unchanged ? 'second' : 'first')
        return unchanged ? c.body(null, 304) : c.text(made(), 200, { etag: '"v1"' })
      })
      await site.get('/page')
      pass(60)
      await site.get('/page')
      expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
      await site.clear({ tag })
      expect((await site.get('/page')).body).toBe('two')
    }
  })
})

onRedis('the store, in the middle of a validation', (world) => {
  test.each(['hang', 'status-500', 'reset'] as const)(
    '%s: the client has its answer all the same',
    async (kind) => {
      const { bridge, open } = world()
      const site = originAt(open({ timeout: { write: 100 } }), [V1, unchanged(), unchanged()])
      await site.get('/page')
      pass(60)
      bridge.fault = { kind, when: ([name]) => name === 'EVAL' }
      expect(await site.get('/page')).toMatchObject({ status: 200, body: 'one' })
      expect(site.transcript().at(-1)).toMatch(/^not-stored GET \/\* {reason: store, detail: /)
      bridge.fault = null
      // Nothing was lost by it.
      expect(await site.get('/page')).toMatchObject({
        body: 'one',
        cache: 'fwd=stale; fwd-status=304; ttl=60; stored',
      })
      expect((await site.get('/page')).cache).toBe('hit; ttl=60')
    },
  )

  test('a look-up that fails asks the handler for all of it', async () => {
    const { bridge, open } = world()
    const site = originAt(open(), [V1])
    await site.get('/page')
    pass(60)
    bridge.fault = { kind: 'reset' }
    expect(await site.get('/page')).toMatchObject({
      status: 200,
      body: 'two',
      cache: 'fwd=bypass; detail=store',
    })
    expect(site.asked[1]!.headers.has('if-none-match')).toBe(false)
  })
})
