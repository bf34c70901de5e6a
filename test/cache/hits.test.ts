/** Hits and misses: what is answered from the cache is what the handler said, and says how old it is. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

onBothStores('hits', (open) => {
  test('the first request is made by the handler, the second answered from the store', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 300 }), (c) => c.text(made()))

    const first = await site.get('/page')
    expect(first).toMatchObject({ status: 200, body: 'one', cache: 'fwd=uri-miss; stored' })
    expect(first.headers.has('age')).toBe(false)

    pass(100.5)
    const second = await site.get('/page')
    expect(second).toMatchObject({ status: 200, body: 'one', cache: 'hit; ttl=199' })
    expect(second.headers.get('age')).toBe('100')
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /page {reason: uri-miss}",
        "stored GET /page {seconds: 300}",
        "hit GET /page {ttl: 199.5}",
      ]
    `)
  })

  test('it is made anew once its time is up, to the second', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60 }), (c) => c.text(made()))
    await site.get('/page')
    pass(59.9)
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=0' })
    pass(0.1)
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=stale; stored' })
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
  })

  test('a clock that runs behind the one that made the entry shows no negative age', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60 }), (c) => c.text('made'))
    await site.get('/page')
    pass(-30)
    const early = await site.get('/page')
    expect(early.headers.get('age')).toBe('0')
    expect(early.cache).toBe('hit; ttl=60')
  })

  test('the age of a response from another cache counts on', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60 }), (c) => c.text('made', 200, { age: '100' }))
    await site.get('/page')
    pass(10)
    expect((await site.get('/page')).headers.get('age')).toBe('110')
  })

  test('stored headers come back, those of a connection do not', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) =>
      c.body('made', 200, {
        'content-type': 'text/x-own; charset=utf-8',
        'content-language': 'de',
        etag: '"own"',
        'x-own': 'kept',
        connection: 'close, x-hop',
        'x-hop': 'gone',
        'keep-alive': 'timeout=5',
        te: 'trailers',
        trailer: 'expires',
        'proxy-authenticate': 'Basic',
      }),
    )
    const miss = await site.get('/page')
    expect(miss.headers.get('x-hop')).toBe('gone')
    const hit = await site.get('/page')
    expect(Object.fromEntries(hit.headers)).toEqual({
      age: '0',
      'cache-status': 'hono-redis-cache; hit; ttl=60',
      'content-language': 'de',
      'content-type': 'text/x-own; charset=utf-8',
      etag: '"own"',
      'x-own': 'kept',
    })
  })

  test('a hit guesses no content type that the handler did not send', async () => {
    const site = open()
    site.app.get('/page', cache(), () => new Response(new TextEncoder().encode('bare')))
    expect((await site.get('/page')).headers.get('content-type')).toBeNull()
    expect(await site.get('/page')).toMatchObject({ body: 'bare', cache: 'hit; ttl=60' })
    expect((await site.get('/page')).headers.get('content-type')).toBeNull()
  })

  test.each([
    ['text', new TextEncoder().encode('{"a": "ü"}')],
    ['a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, 0x61])],
    ['bytes that are no UTF-8', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
    ['nothing', new Uint8Array()],
    ['line feeds', new TextEncoder().encode('\n\nhrc1 {}\n')],
  ])('a body of %s comes back byte for byte', async (_, bytes) => {
    const site = open()
    site.app.get('/bytes', cache(), (c) => c.body(bytes))
    for (const cached of [false, true]) {
      const response = await site.fetch('/bytes')
      expect(response.headers.get('cache-status')).toContain(cached ? 'hit' : 'stored')
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
      await site.settle()
    }
  })

  test('statuses named in expire come back as themselves, an empty one without a body', async () => {
    const site = open()
    site.app.get('/gone', cache({ expire: { 404: 10 } }), (c) => c.text('not here', 404))
    site.app.get('/empty', cache({ expire: { 204: 10 } }), (c) => c.body(null, 204))
    await site.get('/gone')
    await site.get('/empty')
    expect(await site.get('/gone')).toMatchObject({ status: 404, body: 'not here', cache: 'hit; ttl=10' })
    expect(await site.get('/empty')).toMatchObject({ status: 204, body: '', cache: 'hit; ttl=10' })
  })

  test('requests that differ in path, query, host or scheme do not share', async () => {
    const site = open()
    site.app.get('*', cache(), (c) => c.text(c.req.url))
    const urls = ['/a', '/b', '/a?x=1', '/a?x=2', 'http://other/a', 'https://localhost/a', '/a/', '/A']
    for (const url of urls) expect((await site.get(url)).cache).toBe('fwd=uri-miss; stored')
    for (const url of urls) {
      expect(await site.get(url)).toMatchObject({
        body: new URL(url, 'http://localhost').href,
        cache: 'hit; ttl=60',
      })
    }
  })

  test('requests that differ only in how the same query is written share', async () => {
    const site = open()
    site.app.get('/list', cache(), (c) => c.text('made'))
    await site.get('/list?b=2&a=1&a=%C3%A4')
    for (const same of ['/list?a=1&b=2&a=ä', '/list?a=1&a=%c3%a4&b=2']) {
      expect((await site.get(same)).cache).toBe('hit; ttl=60')
    }
    expect((await site.get('/list?a=ä&a=1&b=2')).cache).toBe('fwd=uri-miss; stored')
  })

  test.each([
    [{ query: false } as const, '/list?a=1', '/list?a=2'],
    [{ query: { only: ['page'] } } as const, '/list?page=1&utm=x', '/list?page=1&utm=y'],
    [{ query: { ignore: ['utm'] } } as const, '/list?page=1&utm=x', '/list?page=1'],
  ])('%j leaves the rest of the query out of the key', async (options, one, other) => {
    const site = open()
    site.app.get('/list', cache(options), (c) => c.text('made'))
    await site.get(one)
    expect((await site.get(other)).cache).toBe('hit; ttl=60')
  })
})
