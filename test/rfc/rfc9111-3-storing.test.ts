/** RFC 9111 §3, Storing Responses in Caches: each condition with a response that nothing else speaks against. */
import { expect, test } from 'vitest'
import type { CacheOptions } from '../../src/index.ts'
import { at, fresh, originAt, type Reply } from '../support/origin.ts'
import { onBothStores } from '../support/stores.ts'

const AUTHORIZED = { headers: { authorization: 'Bearer of-somebody' } }

const STORED: [story: string, reply: Reply, request?: RequestInit, options?: CacheOptions][] = [
  ['a fresh 200', { headers: fresh(60) }],
  ['any final status with freshness of its own: 404', { status: 404, headers: fresh(60) }],
  ['any final status: 503', { status: 503, headers: fresh(60) }],
  ['any final status: one that nobody knows', { status: 599, headers: fresh(60) }],
  ['a redirect', { status: 302, headers: { ...fresh(60), location: '/elsewhere' } }],
  ['204, without a body', { status: 204, headers: fresh(60) }],
  ...[204, 205].map((status): [string, Reply] => [
    `${status}, though it has a type`,
    { status, headers: { ...fresh(60), 'content-type': 'text/plain' }, body: null },
  ]),
  ['what must be understood, and is', { status: 404, headers: fresh(60, ', must-understand') }],
  [
    'no-store, which must-understand takes the place of',
    { headers: fresh(60, ', must-understand, no-store') },
  ],
  ['with credentials: public', { headers: fresh(60, ', public') }, AUTHORIZED],
  ['with credentials: s-maxage', { headers: { 'cache-control': 's-maxage=60' } }, AUTHORIZED],
  ['with credentials: must-revalidate', { headers: fresh(60, ', must-revalidate') }, AUTHORIZED],
  ['with credentials that are in the key', { headers: fresh(60) }, AUTHORIZED, { vary: ['authorization'] }],
  ['chunked: the framing is the transport’s', { headers: { ...fresh(60), 'transfer-encoding': 'chunked' } }],
  ['what the route makes fresh', {}, {}, { expire: 60 }],
  [
    'a type that begins like that of event streams',
    { headers: { ...fresh(60), 'content-type': 'text/event-streams' } },
  ],
]

const REFUSED: [reason: string, reply: Reply, request?: RequestInit, options?: CacheOptions][] = [
  ['not-fresh', {}],
  ['not-fresh', { headers: { expires: at(-1) } }],
  ['status', { status: 599, headers: fresh(60, ', must-understand') }],
  ['no-store', { headers: fresh(60, ', no-store') }],
  ['no-store', { status: 200, headers: fresh(60, ', No-Store="x"') }],
  ['private', { headers: fresh(60, ', private') }],
  ['private', { headers: fresh(60, ', private="x-id"') }],
  ['vary-star', { headers: { ...fresh(60), vary: 'accept, *' } }],
  ['authorization', { headers: fresh(60) }, AUTHORIZED],
  ['event-stream', { headers: { ...fresh(60), 'content-type': 'text/event-stream' } }],
  ['partial', { status: 304, headers: fresh(60) }],
  ['partial', { status: 206, headers: fresh(60) }],
  ['partial', { status: 206, headers: { ...fresh(60), 'content-range': 'bytes 4-2/9' } }],
  ['too-large', { headers: fresh(60), body: 'more than four bytes' }, {}, { maxBodyBytes: 4 }],
]

onBothStores('RFC 9111 §3', (open) => {
  test.each(STORED)('%s is stored', async (_, reply, request, options) => {
    const site = originAt(open(), [reply], options)
    const { status, body } = await site.get('/page', request)
    expect(await site.get('/page', request)).toMatchObject({ status, body, cache: 'hit; ttl=60' })
    expect(site.asked).toHaveLength(1)
  })

  test.each(REFUSED)('%s keeps it out: %j', async (reason, reply, request, options) => {
    const site = originAt(open(), [reply], options)
    await site.get('/page', request)
    expect(site.transcript().at(-1)).toMatch(`not-stored GET /* {reason: ${reason}`)
    expect((await site.get('/page', request)).cache).toMatch(/^fwd=uri-miss/)
    expect(site.asked).toHaveLength(2)
  })

  test('a body that was cut short is not stored', async () => {
    const cut = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (controller.desiredSize === 1) controller.enqueue(new TextEncoder().encode('half of '))
        controller.error(new Error('the upstream is gone'))
      },
    })
    const site = originAt(open(), [{ headers: fresh(60), body: cut }, { headers: fresh(60) }])
    await (await site.fetch('/page')).text().catch(() => {})
    await site.settle()
    expect(site.transcript().at(-1)).toBe('not-stored GET /* {reason: cut-short}')
    expect((await site.get('/page')).body).toBe('two')
  })
})

onBothStores('what is stored though it is not fresh, to be validated', (open) => {
  test.each<[string, string, Reply]>([
    [
      'a page that an ETag tells from its next version',
      'fwd=uri-miss; stored',
      { headers: { etag: '"v1"' } },
    ],
    ['one that a date tells', 'fwd=uri-miss; stored', { headers: { 'last-modified': at(-9) } }],
    [
      'no redirect, of which nothing is asked',
      'fwd=uri-miss; detail=not-fresh',
      { status: 300, headers: { etag: '"v1"' } },
    ],
  ])('%s', async (_, cache, { headers, ...reply }) => {
    const site = originAt(open(), [
      { ...reply, headers: { ...headers, ...fresh(0) } as Record<string, string> },
    ])
    expect((await site.get('/page')).cache).toBe(cache)
  })
})

onBothStores('RFC 9111 §3.5, what an authorized request brings is for others', (open) => {
  test.each<[string, Record<string, string>]>([
    ['no longer than the response itself says', { 'cache-control': 'max-age=0, must-revalidate' }],
    ['not by heuristics', { 'cache-control': 'must-revalidate', 'last-modified': at(-100_000) }],
  ])('%s', async (_, headers) => {
    const expire = { 200: headers['last-modified'] ? 0 : 300 }
    const replies = ['alice', 'bob'].map((name) => ({
      headers: { etag: `"of ${name}"`, ...headers },
      body: name,
    }))
    const site = originAt(open(), replies, { expire })
    await site.get('/me', AUTHORIZED)
    expect((await site.get('/me')).body).toBe('bob')
  })

  test.each([
    ['where it is public', 'public, max-age=0, must-revalidate'],
    ['where it names none', 'must-revalidate'],
  ])('for the seconds of the route %s', async (_, control) => {
    const site = originAt(open(), [{ headers: { 'cache-control': control } }], { expire: 300 })
    await site.get('/page', AUTHORIZED)
    expect((await site.get('/page')).cache).toBe('hit; ttl=300')
  })

  test('and so is what a request with a cookie brings', async () => {
    const site = originAt(open(), [{ headers: fresh(10) }], { expire: 300 })
    await site.get('/page', { headers: { cookie: 'session=alice' } })
    expect((await site.get('/page')).cache).toBe('hit; ttl=300')
  })
})

onBothStores('RFC 9111 §3.1 and §7.3, fields', (open) => {
  test('fields of one connection, and those that Connection names, are not replayed', async () => {
    const perConnection = {
      connection: 'x-of-this-hop',
      'keep-alive': 'timeout=5',
      'proxy-authenticate': 'Basic',
      'proxy-authentication-info': 'x',
      te: 'trailers',
      trailer: 'x-checksum',
      'transfer-encoding': 'chunked',
      upgrade: 'h2c',
      'x-of-this-hop': 'secret',
    }
    const site = originAt(open(), [{ headers: { ...fresh(60), ...perConnection, 'x-end': 'to end' } }])
    await site.get('/page')
    const { headers, cache } = await site.get('/page')
    expect(cache).toBe('hit; ttl=60')
    expect(Object.keys(perConnection).filter((name) => headers.has(name))).toEqual([])
    expect(headers.get('x-end')).toBe('to end')
  })

  test.each([
    ['public, where the route makes it fresh', { 'cache-control': 'public' }],
    ['a second', fresh(1)],
    ['public, and fresh by heuristics', { 'cache-control': 'public', 'last-modified': at(-100_000) }],
    ['max-age', fresh(60)],
    ['s-maxage', { 'cache-control': 's-maxage=60' }],
    ['Expires', { date: at(0), expires: at(60) }],
    ['CDN-Cache-Control', { 'cdn-cache-control': 'max-age=60' }],
  ])('Set-Cookie is kept where the response is explicitly cacheable: %s', async (_, headers) => {
    const replies = [{ headers: { ...headers, 'set-cookie': 'theme=dark' } }, { status: 304 }]
    const site = originAt(open(), replies, { expire: 60 })
    await site.get('/page')
    const again = await site.get('/page')
    expect(again.body).toBe('one')
    expect(again.headers.getSetCookie()).toEqual(['theme=dark'])
  })

  test.each([
    ['max-age=0', {}],
    ['public, max-age=0', {}],
    ['public, no-cache', {}],
    ['public', {}],
    ['max-age=0', { 'cache-control': 'max-stale' }],
  ])('%s: nobody gets the session of who asked before, whose 304 sets none (%o)', async (control, asks) => {
    const session = { 'cache-control': control, etag: '"v1"', 'set-cookie': 'session=of-alice' }
    const site = originAt(open(), [{ headers: session }, { status: 304 }])
    await site.get('/page')
    const toBob = await site.get('/page', { headers: { cookie: 'session=of-bob', ...asks } })
    expect(toBob.headers.has('set-cookie')).toBe(false)
  })

  test('and keeps out what only the route or a heuristic makes fresh', async () => {
    for (const [headers, options] of [
      [{}, { expire: 60 }],
      [{ 'cache-control': 'max-age=0' }, { expire: 60 }],
      [{ 'cache-control': 'public, max-age=0' }, { expire: 60 }],
      [{ expires: at(-86_400) }, { expire: 60 }],
      [{ 'last-modified': at(-100_000) }, {}],
    ] as const) {
      const site = originAt(open(), [{ headers: { ...headers, 'set-cookie': 'session=1' } }], options)
      expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=set-cookie')
      expect((await site.get('/page')).body).toBe('two')
    }
  })
})
