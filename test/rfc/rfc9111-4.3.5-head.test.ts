/** RFC 9111 §4.3.5, Freshening Responses with HEAD: what its answer says of the stored answer to GET. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { at, fresh, originAt, type Reply } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const HEAD = { method: 'HEAD' }
const GET: Reply = { headers: { ...fresh(60), etag: '"v1"' }, body: 'the page' }

onBothStores('RFC 9111 §4.3.5', (open) => {
  test('one of the same version renews it', async () => {
    const site = originAt(open(), [
      GET,
      { headers: { ...fresh(90), etag: '"v1"', 'x-new': 'yes', 'content-length': '8' } },
    ])
    await site.get('/page')
    pass(60)
    expect(await site.get('/page', HEAD)).toMatchObject({ status: 200, body: '', cache: 'fwd=stale' })
    const hit = await site.get('/page')
    expect(hit).toMatchObject({ body: 'the page', cache: 'hit; ttl=90' })
    expect(hit.headers.get('x-new')).toBe('yes')
  })

  test.each<[string, Record<string, string>]>([
    ['but one of its two validators', { 'last-modified': at(-9) }],
    ['the other one', { etag: '"v1"' }],
    [
      'the length of a coded body, where the stored one is not',
      {
        ...{ etag: '"v1"', 'content-encoding': 'gzip', 'content-length': '28' },
      },
    ],
  ])('so does one that names %s', async (_, received) => {
    const site = originAt(open(), [
      { ...GET, headers: { ...GET.headers, 'last-modified': at(-9) } },
      { headers: { ...fresh(90), ...received } },
    ])
    await site.get('/page')
    pass(60)
    await site.get('/page', HEAD)
    expect(await site.get('/page')).toMatchObject({ body: 'the page', cache: 'hit; ttl=90' })
  })

  test('who has that version already is told so', async () => {
    const site = originAt(open(), [GET, { headers: { ...fresh(90), etag: '"v1"' } }])
    await site.get('/page')
    pass(60)
    const headers = { 'if-none-match': '"v1"' }
    expect(await site.get('/page', { ...HEAD, headers })).toMatchObject({ status: 304, cache: 'fwd=stale' })
    expect(await site.get('/page')).toMatchObject({ body: 'the page', cache: 'hit; ttl=90' })
  })

  test.each([
    ['ETag', { etag: '"v2"' }],
    ['Content-Length', { 'content-length': '9' }],
  ])('one with another %s does not: the handler is asked by the next GET', async (_, headers) => {
    const site = originAt(open(), [
      GET,
      { headers: { ...fresh(90), ...headers } },
      { ...GET, body: 'a new page' },
    ])
    await site.get('/page')
    pass(60)
    await site.get('/page', HEAD)
    expect(await site.get('/page')).toMatchObject({ body: 'a new page', cache: 'fwd=stale; stored' })
  })

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['an ETag', {}, { etag: '"v2"' }],
    ['an ETag, where that of the answer was made here', { 'last-modified': at(-9) }, { etag: '"v2"' }],
    ['a Last-Modified', { etag: '"v1"' }, { 'last-modified': at(-9) }],
  ])('nor does one with %s that the stored answer lacks', async (_, stored, received) => {
    const site = originAt(open(), [
      { headers: { ...fresh(60), ...stored } },
      { headers: { ...fresh(60), ...received } },
      { headers: fresh(60), body: 'a new page' },
    ])
    await site.get('/page')
    pass(60)
    await site.get('/page', HEAD)
    expect((await site.get('/page')).body).toBe('a new page')
  })

  test('one that says of no version changes nothing: what it was made of may be new', async () => {
    const site = originAt(open(), [
      { headers: fresh(60), body: 'old page' },
      { headers: { ...fresh(60), 'content-length': '8' } },
      { headers: fresh(60), body: 'new page' },
    ])
    await site.get('/page')
    pass(60)
    expect((await site.get('/page', HEAD)).cache).toBe('fwd=stale; detail=head')
    expect((await site.get('/page')).body).toBe('new page')
  })

  test('one of another status is about the request, or this moment', async () => {
    const site = originAt(open(), [GET, { status: 404, headers: { etag: '"none"' } }])
    await site.get('/page')
    await site.get('/page', { ...HEAD, headers: { 'cache-control': 'no-cache' } })
    expect(await site.get('/page')).toMatchObject({ body: 'the page', cache: 'hit; ttl=60' })
  })

  test('a language that it has from middleware above is none of the stored body', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('content-language', c.req.header('accept-language') ?? 'en')
      await next()
    })
    site.app.get('/page', cache({ policy: 'standard' }), (c) =>
      c.text('made', 200, { ...fresh(60), etag: '"v1"' }),
    )
    await site.get('/page')
    pass(60)
    await site.get('/page', { method: 'HEAD', headers: { 'accept-language': 'de' } })
    const answer = await site.get('/page')
    expect(answer).toMatchObject({ body: 'made', cache: 'hit; ttl=60' })
    expect(answer.headers.get('content-language')).toBe('en')
  })

  test('what middleware above sets is no validator of either', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.res.headers.set('last-modified', at(-1))
      await next()
    })
    const { get } = originAt(site, [GET, { headers: { ...fresh(90), etag: '"v1"' } }])
    await get('/page')
    pass(60)
    await get('/page', HEAD)
    expect((await get('/page')).cache).toBe('hit; ttl=90')
  })

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['max-stale', { etag: '"v2"' }, { 'cache-control': 'max-stale=600' }],
    ['stale-while-revalidate', { etag: '"v2"' }, {}],
    ['stale-while-revalidate, where only its length tells', { 'content-length': '9' }, {}],
  ])('a version that is no longer right is not given by %s', async (_, received, headers) => {
    const site = originAt(open(), [
      { ...GET, headers: { etag: '"v1"', ...fresh(60, ', stale-while-revalidate=600') } },
      { headers: { ...fresh(60), ...received } },
      { headers: { ...fresh(60), etag: '"v2"' }, body: 'a new page' },
    ])
    await site.get('/page')
    pass(50)
    await site.get('/page', { ...HEAD, headers: { 'cache-control': 'no-cache' } })
    pass(5)
    expect((await site.get('/page', { headers })).body).toBe('a new page')
  })

  test.each([
    ['is stale', 100, -45],
    ['was fresh', 50, -5],
  ])('the clocks of one that %s run on', async (_, seconds, ttl) => {
    const site = originAt(open(), [
      { ...GET, headers: { etag: '"v1"', ...fresh(60, ', stale-if-error=600') } },
      { headers: { ...fresh(60), etag: '"v2"' } },
      { status: 503 },
    ])
    await site.get('/page')
    pass(seconds)
    await site.get('/page', { ...HEAD, headers: { 'cache-control': 'no-cache' } })
    pass(5)
    const stale = await site.get('/page')
    expect(stale).toMatchObject({ body: 'the page', cache: expect.stringContaining(`ttl=${ttl};`) })
    expect(stale.headers.get('age')).toBe(String(seconds + 5))
    pass(601 + ttl)
    expect((await site.get('/page')).status).toBe(503)
  })

  test('its Age counts, where it renews', async () => {
    const site = originAt(open(), [GET, { headers: { ...fresh(60), etag: '"v1"', age: '50' } }])
    await site.get('/page')
    pass(60)
    await site.get('/page', HEAD)
    pass(5)
    const hit = await site.get('/page')
    expect(hit.cache).toBe('hit; ttl=5')
    expect(hit.headers.get('age')).toBe('55')
  })

  test('its 304 renews as that of a GET does', async () => {
    const site = originAt(open(), [GET, { status: 304, headers: fresh(90) }])
    await site.get('/page')
    pass(60)
    expect((await site.get('/page', HEAD)).status).toBe(200)
    expect(await site.get('/page')).toMatchObject({ body: 'the page', cache: 'hit; ttl=90' })
  })

  test.each([
    ['an error', { status: 503, headers: fresh(60) }],
    ['gone', { status: 410, headers: fresh(60) }],
  ])('one that says %s is told on, and stored nowhere', async (_, reply) => {
    const site = originAt(open(), [GET, reply, { status: 304, headers: fresh(60) }])
    await site.get('/page')
    pass(60)
    expect((await site.get('/page', HEAD)).status).toBe(reply.status)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'the page' })
    expect(site.asked).toHaveLength(3)
  })

  test('HEAD that comes first poisons no GET with an empty page', async () => {
    for (const policy of ['safe', 'standard'] as const) {
      const site = originAt(open(), [{ ...GET, body: null }, GET], { policy })
      expect(await site.get('/page', HEAD)).toMatchObject({ body: '', cache: 'fwd=uri-miss; detail=head' })
      expect((await site.get('/page')).body).toBe('the page')
    }
  })

  test('the safe policy learns nothing from HEAD', async () => {
    const site = originAt(open(), [GET, { headers: { ...fresh(90), etag: '"v1"' } }, GET], { policy: 'safe' })
    await site.get('/page')
    pass(60)
    await site.get('/page', HEAD)
    expect((await site.get('/page')).cache).toBe('fwd=stale; stored')
  })
})
