/** Conditional requests: the handler always answers in full, and the 304 is ours to give. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores } from '../support/stores.ts'

const MODIFIED = 'Mon, 31 Dec 2029 10:00:00 GMT'

onBothStores('conditional requests', (open) => {
  test('a client that has it gets a 304: on a miss and on a hit, for an ETag of the handler', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v1"', 'x-own': 'kept' }))
    const headers = { 'if-none-match': 'W/"v0", W/"v1"' }

    const miss = await site.get('/page', { headers })
    expect(miss).toMatchObject({ status: 304, body: '', cache: 'fwd=uri-miss; stored' })
    const hit = await site.get('/page', { headers })
    expect(hit).toMatchObject({ status: 304, body: '', cache: 'hit; ttl=60' })
    for (const { headers } of [miss, hit]) {
      expect(headers.get('etag')).toBe('"v1"')
      expect(headers.get('x-own')).toBe('kept')
      expect(headers.has('content-type')).toBe(false)
      expect(headers.has('content-length')).toBe(false)
    }
    // What was stored on the way is the whole page.
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'made', cache: 'hit; ttl=60' })
  })

  test('another version gets the whole page', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made', 200, { etag: '"v2"' }))
    const headers = { 'if-none-match': '"v1"' }
    expect((await site.get('/page', { headers })).status).toBe(200)
    expect(await site.get('/page', { headers })).toMatchObject({ status: 200, body: 'made' })
  })

  test('an ETag is made where the handler gives none: the same for the same body', async () => {
    const site = open()
    site.app.get('/:page', cache(), (c) => c.text('made'))
    await site.get('/a')
    await site.get('/b')
    const etag = (await site.get('/a')).headers.get('etag')!
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    expect((await site.get('/b')).headers.get('etag')).toBe(etag)
    expect((await site.get('/a', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test('etag: false makes none', async () => {
    const site = open()
    site.app.get('/page', cache({ etag: false }), (c) => c.text('made'))
    await site.get('/page')
    expect((await site.get('/page')).headers.has('etag')).toBe(false)
  })

  test('If-Modified-Since counts, unless If-None-Match is there', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made', 200, { 'last-modified': MODIFIED }))
    const since = { 'if-modified-since': MODIFIED }
    expect((await site.get('/page', { headers: since })).status).toBe(304)
    expect((await site.get('/page', { headers: since })).status).toBe(304)
    expect((await site.get('/page', { headers: { ...since, 'if-none-match': '"other"' } })).status).toBe(200)
    const earlier = { 'if-modified-since': 'Mon, 31 Dec 2029 09:59:59 GMT' }
    expect((await site.get('/page', { headers: earlier })).status).toBe(200)
  })

  test('what is no success stays what it is', async () => {
    const site = open()
    site.app.get('/gone', cache({ expire: { 404: 10 } }), (c) => c.text('not here', 404, { etag: '"v1"' }))
    const headers = { 'if-none-match': '"v1"' }
    expect((await site.get('/gone', { headers })).status).toBe(404)
    expect(await site.get('/gone', { headers })).toMatchObject({
      status: 404,
      body: 'not here',
      cache: 'hit; ttl=10',
    })
  })

  test("the handler sees none of the client's conditions and ranges on a miss", async () => {
    const site = open()
    const conditions = {
      'if-none-match': '"v1"',
      'if-modified-since': MODIFIED,
      'if-match': '"v1"',
      'if-unmodified-since': MODIFIED,
      'if-range': '"v1"',
      range: 'bytes=0-1',
    }
    let seen: (string | undefined)[] = []
    site.app.get('/page', cache(), (c) => {
      seen = Object.keys(conditions).map((name) => c.req.header(name))
      return c.text('whole', 200, { etag: '"v2"' })
    })
    expect(await site.get('/page', { headers: conditions })).toMatchObject({ status: 200, body: 'whole' })
    expect(seen).toEqual(seen.map(() => undefined))
    expect(await site.get('/page', { headers: conditions })).toMatchObject({
      body: 'whole',
      cache: 'hit; ttl=60',
    })
  })

  test('middleware above sees the request as it came, before and after', async () => {
    const site = open()
    const seen: (string | undefined)[] = []
    site.app.use(async (c, next) => {
      seen.push(c.req.header('if-none-match'))
      await next()
      seen.push(c.req.header('if-none-match'))
    })
    site.app.get('/page', cache(), (c) => c.text('made', 200))
    await site.get('/page', { headers: { 'if-none-match': '"v1"' } })
    expect(seen).toEqual(['"v1"', '"v1"'])
  })
})
