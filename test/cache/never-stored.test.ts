/** What is never stored, however it is configured; the answer and the event both say why. */
import { type Context, Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

type Refused = [reason: string, init: ResponseInit]

const REFUSED: Refused[] = [
  ['set-cookie', { headers: { 'set-cookie': 'session=1' } }],
  ['no-store', { headers: { 'cache-control': 'no-store' } }],
  ['no-store', { headers: { 'cache-control': 'max-age=60, NO-STORE' } }],
  ['private', { headers: { 'cache-control': 'private' } }],
  ['private', { headers: { 'cache-control': 'private="x-user", max-age=60' } }],
  ['no-cache', { headers: { 'cache-control': 'no-cache' } }],
  ['no-store', { headers: { 'cdn-cache-control': 'no-store' } }],
  ['vary-star', { headers: { vary: 'accept, *' } }],
  ['partial', { status: 206, headers: { 'content-range': 'bytes 0-3/9' } }],
  ['partial', { headers: { 'content-range': 'bytes 0-3/9' } }],
  ['event-stream', { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }],
  ['status', { status: 404 }],
  ['status', { status: 500 }],
  ['status', { status: 301, headers: { location: '/' } }],
  ['not-fresh', { headers: { 'cache-control': 's-maxage=0' } }],
]

onBothStores('never stored', (open) => {
  test.each(REFUSED)('%s: %j', async (reason, init) => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60 }), () => new Response(made(), init))

    const first = await site.get('/page')
    expect(first).toMatchObject({ body: 'one', status: init.status ?? 200 })
    expect(first.cache).toBe(`fwd=uri-miss; detail=${reason}`)
    expect((await site.get('/page')).body).toBe('two')
    expect(site.transcript().slice(0, 2)).toEqual([
      'miss GET /page {reason: uri-miss}',
      `not-stored GET /page {reason: ${reason}}`,
    ])
  })

  test('a handler that gives no Response fails as it does without a cache, and nothing is stored', async () => {
    for (const options of [{}, { autoVary: false }, { policy: 'standard' }] as const) {
      const site = open()
      site.app.onError((error, c) => c.text(error.message, 500))
      site.app.get('/page', cache({ expire: 60, ...options }), (() => undefined) as never)
      for (let i = 0; i < 2; i++) {
        expect(await site.get('/page')).toMatchObject({ status: 500 })
        expect(site.transcript()).toContain('not-stored GET /page {reason: error}')
      }
    }
  })

  test.each<[which: string, give: (c: Context) => void]>([
    ['nothing', () => {}],
    ['nothing, for want of a return', (c) => void c.json({})],
    ['nothing but a header', (c) => c.header('x-page', '1')],
  ])(
    'nor is the empty page that Hono makes of %s in a sub-app with an onError of its own',
    async (_which, give) => {
      const site = open()
      const sub = new Hono().onError((error, c) => c.text(error.message, 500))
      let given = false
      const page = ((c: Context) => (given ? c.text('page') : give(c))) as never
      sub.get('/page', cache({ expire: 60, staleWhileRevalidate: 600 }), page)
      site.app.route('/', sub)

      expect(await site.get('/page')).toMatchObject({ status: 200, cache: 'fwd=uri-miss; detail=error' })
      expect(site.transcript()).toContain(
        'not-stored GET /page {reason: error, detail: the handler gave nothing}',
      )
      given = true
      expect((await site.get('/page')).body).toBe('page')
      given = false
      pass(61)
      for (let i = 0; i < 2; i++) expect((await site.get('/page')).body).toBe('page')
    },
  )

  test('an empty page that the handler gives is stored', async () => {
    const site = open()
    site.app.get('/null', cache(), (c) => c.body(null)).get('/response', cache(), () => new Response())
    for (const path of ['/null', '/response']) {
      await site.get(path)
      expect((await site.get(path)).cache).toBe('hit; ttl=60')
    }
  })

  test('a handler that gives no Response fails under a cache() that steps aside, too', async () => {
    const { app } = open()
    app.onError((error, c) => c.text(error.message, 500))
    const none = (() => undefined) as never
    app.use('/page', cache())
    app.get('/page', cache(), none)
    const bare = new Hono().onError((error, c) => c.text(error.message, 500)).get('/page', cache(), none)
    for (const each of [app, bare]) expect((await each.request('/page')).status).toBe(500)
  })

  test('middleware above may answer for a handler that gives no Response', async () => {
    const site = open()
    site.app.use('/page', async (c, next) => {
      await next()
      if (!c.finalized) return c.text('instead', 404)
    })
    site.app.get('/page', cache(), (() => undefined) as never)
    expect(await site.get('/page')).toMatchObject({ status: 404, body: 'instead' })
  })

  test('a 206 stays out even where expire names it', async () => {
    const site = open()
    site.app.get('/part', cache({ expire: { 206: 60 } }), (c) => c.text('part', 206))
    expect((await site.get('/part')).cache).toBe('fwd=uri-miss; detail=partial')
  })

  test('once expire names statuses, 200 is stored only if it is among them', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: { 404: 10 } }), (c) => c.text('made'))
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=status')
  })

  describe('is not the case', () => {
    test.each([
      ['a Cache-Control of the request', { 'cache-control': 'no-cache' }],
      ['Pragma', { pragma: 'no-cache' }],
      ['Cache-Control: no-store of the request', { 'cache-control': 'no-store' }],
    ])('of %s: a client cannot bypass the cache', async (_, headers) => {
      const site = open()
      const made = counter()
      site.app.get('/page', cache(), (c) => c.text(made()))
      await site.get('/page', { headers })
      expect(await site.get('/page', { headers })).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
    })
  })
})
