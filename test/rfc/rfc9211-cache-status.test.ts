/** RFC 9211, Cache-Status: the exact field of every way in which a request can go. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { fresh, originAt, type Reply } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const field = (answer: { headers: Headers }) => answer.headers.get('cache-status')

onBothStores('RFC 9211', (open) => {
  test('hit, with the seconds left', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; fwd=uri-miss; stored')
    pass(20)
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; hit; ttl=40')
  })

  test('hit, less than none where it is stale', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }], { staleWhileRevalidate: 100 })
    await site.get('/page')
    pass(90)
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; hit; ttl=-30')
  })

  test('fwd=vary-miss: there are variants, and none for this request', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(60), vary: 'accept' } }])
    await site.get('/page')
    const other = await site.get('/page', { headers: { accept: 'a/b' } })
    expect(field(other)).toBe('hono-redis-cache; fwd=vary-miss; stored')
  })

  test('fwd=miss: there is one that a clear has made invalid', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    await site.get('/page')
    await site.clear()
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; fwd=miss; stored')
  })

  test('fwd=stale, and fwd-status where the answer is not the handler’s own', async () => {
    const replies: Reply[] = [
      { headers: { ...fresh(60, ', stale-if-error=600'), etag: '"v1"' } },
      { status: 304 },
      { status: 502 },
      { headers: fresh(60) },
    ]
    const site = originAt(open(), replies)
    await site.get('/page')
    pass(60)
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; fwd=stale; fwd-status=304; ttl=60; stored')
    pass(70)
    expect(field(await site.get('/page'))).toBe(
      'hono-redis-cache; fwd=stale; fwd-status=502; ttl=-10; detail=stale-if-error',
    )
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; fwd=stale; stored')
  })

  test('fwd=request: the client would not have it', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    await site.get('/page')
    const reload = await site.get('/page', { headers: { 'cache-control': 'no-cache' } })
    expect(field(reload)).toBe('hono-redis-cache; fwd=request; stored')
    const secret = await site.get('/page', { headers: { 'cache-control': 'no-store' } })
    expect(field(secret)).toBe('hono-redis-cache; fwd=request')
  })

  test('fwd=method', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    expect(field(await site.get('/page', { method: 'PUT' }))).toBe('hono-redis-cache; fwd=method')
    expect(field(await site.get('/page', { method: 'OPTIONS' }))).toBe('hono-redis-cache; fwd=method')
  })

  test('fwd=partial: a part is there, and it is another one', async () => {
    const headers = { ...fresh(60), 'content-range': 'bytes 0-2/9' }
    const site = originAt(open(), [{ status: 206, headers, body: 'abc' }])
    await site.get('/page', { headers: { range: 'bytes=0-2' } })
    expect(field(await site.get('/page', { headers: { range: 'bytes=5-6' } }))).toMatch(
      /^hono-redis-cache; fwd=partial/,
    )
  })

  test('fwd=bypass, and our reason', async () => {
    const site = originAt(open(), [{}], { when: () => false })
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; fwd=bypass; detail=when')
  })

  test('our reason why it was not stored', async () => {
    const site = originAt(open(), [{ headers: { 'cache-control': 'private' } }])
    expect(field(await site.get('/page'))).toBe('hono-redis-cache; fwd=uri-miss; detail=private')
  })

  test('the key where it is asked for: on a miss, a hit and a 304', async () => {
    const headers = { ...fresh(60), etag: '"v1"' }
    const site = originAt(open({ statusKey: true }), [{ headers }, { status: 304 }])
    const [, key] = /key="([0-9a-f]{32})"/.exec(field(await site.get('/page'))!)!
    expect(field(await site.get('/page'))).toBe(`hono-redis-cache; hit; ttl=60; key="${key}"`)
    pass(60)
    expect(field(await site.get('/page'))).toBe(
      `hono-redis-cache; fwd=stale; fwd-status=304; ttl=60; stored; key="${key}"`,
    )
  })

  test.each([
    ['', <T>(response: T) => response],
    [', frozen', <T>(response: T) => Object.freeze(response) as T],
  ])('one member, where an app gives one response without a body again and again%s', async (_, made) => {
    const site = open({ serverTiming: true })
    const NONE = made(new Response(null, { status: 404, headers: { 'cache-status': 'origin; hit' } }))
    site.app.all('/page', cache(), () => NONE)
    for (const method of ['GET', 'GET', 'POST', 'GET']) {
      const { cache: said, headers } = await site.get('/page', { method })
      expect(said).toBe(`origin; hit, fwd=${method === 'POST' ? 'method' : 'uri-miss; detail=status'}`)
      expect(headers.get('server-timing')?.split(', ').length ?? 0).toBe(method === 'POST' ? 0 : 2)
    }
  })

  test('caches nearer to the origin stay before it, also on what is stored', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(60), 'cache-status': 'upstream; fwd=miss' } }])
    expect(field(await site.get('/page'))).toBe('upstream; fwd=miss, hono-redis-cache; fwd=uri-miss; stored')
    expect(field(await site.get('/page'))).toBe('upstream; fwd=miss, hono-redis-cache; hit; ttl=60')
  })
})
