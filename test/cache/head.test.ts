/** HEAD: answered from a stored GET, and never stored, for it would poison GET with an empty page. */
import { compress } from 'hono/compress'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('HEAD', (open) => {
  test('it is answered from what GET stored', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache(), (c) => c.text(made(), 200, { etag: '"v1"' }))
    await site.get('/page')
    const head = await site.get('/page', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '', cache: 'hit; ttl=60' })
    expect(head.headers.get('etag')).toBe('"v1"')
    expect(head.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(made()).toBe('two')
  })

  test('who asks for the length before a download is told that of the stored body, in bytes', async () => {
    const site = open()
    site.app.get('/file', cache(), (c) => c.text('naïve', 200, { 'content-length': '6' }))
    await site.get('/file')
    const { cache: told, headers } = await site.get('/file', { method: 'HEAD' })
    expect([told, headers.get('content-length')]).toEqual(['hit; ttl=60', '6'])
    expect((await site.get('/file')).headers.has('content-length')).toBe(false)
  })

  test('but not who takes a coding, which middleware above gives GET alone', async () => {
    const site = open()
    site.app.use(compress({ threshold: 0 }))
    site.app.get('/file', cache(), (c) => c.text('file'))
    const headers = { 'accept-encoding': 'gzip' }
    await site.get('/file')
    expect((await site.get('/file', { headers })).headers.get('content-encoding')).toBe('gzip')
    expect((await site.get('/file', { method: 'HEAD', headers })).headers.has('content-length')).toBe(false)
  })

  test('but not where middleware above gives another body in its place', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await next()
      c.res = new Response(`for Alice: ${await c.res.text()}`, c.res)
    })
    site.app.get('/file', cache(), (c) => c.text('file'))
    await site.get('/file')
    expect((await site.get('/file', { method: 'HEAD' })).headers.has('content-length')).toBe(false)
  })

  test('it never stores', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache(), (c) => c.text(c.req.method === 'HEAD' ? '' : made()))
    const head = await site.get('/page', { method: 'HEAD' })
    expect(head.cache).toBe('fwd=uri-miss; detail=head')
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'fwd=uri-miss; stored' })
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss HEAD /page {reason: uri-miss}",
        "not-stored HEAD /page {reason: head}",
        "miss GET /page {reason: uri-miss}",
        "stored GET /page {seconds: 60}",
      ]
    `)
  })

  test('it is one, whatever request the handler puts in its place', async () => {
    const site = open()
    site.app.get('/page', cache({ autoVary: false }), (c) => {
      c.req.raw = new Request(c.req.url)
      return c.text('page')
    })
    expect((await site.get('/page', { method: 'HEAD' })).cache).toBe('fwd=uri-miss; detail=head')
  })

  test('it is conditional as GET is', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v1"' }))
    await site.get('/page')
    const answer = await site.get('/page', { method: 'HEAD', headers: { 'if-none-match': '"v1"' } })
    expect(answer).toMatchObject({ status: 304, cache: 'hit; ttl=60' })
  })

  test('without it among the methods it goes past the cache', async () => {
    const site = open()
    site.app.get('/page', cache({ methods: ['GET'] }), (c) => c.text('made'))
    await site.get('/page')
    expect((await site.get('/page', { method: 'HEAD' })).cache).toBe('fwd=method')
  })
})
