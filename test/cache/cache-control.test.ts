/** `cacheControl`: browsers and CDNs are told something else than we are, for a copy of theirs cannot be cleared. */
import { cors } from 'hono/cors'
import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const TOLD = 'public, max-age=5'
const told = ({ headers }: { headers: Headers }) => headers.get('cache-control')

onBothStores('cacheControl', (open) => {
  test.each(['safe', 'standard'] as const)(
    '%s: on a miss, a hit, a 304 and what was renewed',
    async (policy) => {
      const headers = { ...fresh(600), etag: '"v1"' }
      const site = originAt(open(), [{ headers }, { status: 304 }], { policy, cacheControl: TOLD })
      expect(told(await site.get('/page'))).toBe(TOLD)
      const hit = await site.get('/page')
      // Ours is that of the response, or of the route.
      expect(hit.cache).toBe('hit; ttl=600')
      expect(told(hit)).toBe(TOLD)
      expect(told(await site.get('/page', { headers: { 'if-none-match': '"v1"' } }))).toBe(TOLD)
      pass(600)
      expect(told(await site.get('/page'))).toBe(TOLD)
    },
  )

  test('on the miss of a page that html() makes a text of first, too', async () => {
    const site = open()
    site.app.get('/page', cache({ cacheControl: TOLD }), (c) =>
      c.html(html`<p>${Promise.resolve('made')}</p>`),
    )
    expect(told(await site.get('/page'))).toBe(TOLD)
    expect((await site.get('/page')).body).toBe('<p>made</p>')
  })

  test('on a miss below cors(), too, which asks for the response before there is one', async () => {
    const site = open()
    site.app.use(cors()).get('/page', cache({ cacheControl: TOLD }), (c) => c.json({}))
    expect(told(await site.get('/page'))).toBe(TOLD)
  })

  test('without it the handler’s own', async () => {
    const site = originAt(open(), [{ headers: fresh(600) }])
    for (const outcome of ['fwd=uri-miss; stored', 'hit; ttl=600']) {
      const answer = await site.get('/page')
      expect([answer.cache, told(answer)]).toEqual([outcome, 'max-age=600'])
    }
  })

  test.each([
    ['private', { headers: { 'cache-control': 'private' } }],
    ['a cookie', { headers: { 'set-cookie': 'session=1' } }],
    ['an error', { status: 500 }],
  ])('never on what is not stored: %s', async (_, reply) => {
    const site = originAt(open(), [reply], { policy: 'safe', cacheControl: TOLD })
    expect(told(await site.get('/page'))).not.toBe(TOLD)
  })

  test.each([
    ['safe', 'private'],
    ['safe', 'no-store'],
    ['standard', 'no-cache'],
  ] as const)('%s: never where middleware above has said %s for this client', async (policy, above) => {
    const site = open()
    site.app.use(async (c, next) => {
      if (c.req.header('x-user')) c.header('cache-control', above)
      await next()
    })
    site.app.get('/page', cache({ policy, expire: 60, cacheControl: TOLD }), (c) => {
      c.header('etag', '"v1"')
      return c.text('made')
    })
    const asUser = { headers: { 'x-user': 'alice' } }
    expect(told(await site.get('/page', asUser))).toBe(above)
    expect(told(await site.get('/page'))).toBe(TOLD)
    const hit = await site.get('/page', asUser)
    expect(hit.cache).toBe('hit; ttl=60')
    expect(told(hit)).toBe(above)
  })

  test('what middleware above has said does not count where the handler has said otherwise since', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('cache-control', 'private')
      await next()
    })
    site.app.get('/page', cache({ cacheControl: TOLD }), (c) => c.text('made', 200, fresh(60)))
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
      const answer = await site.get('/page')
      expect([answer.cache, told(answer)]).toEqual([cache, TOLD])
    }
  })

  test('never on what goes past the cache', async () => {
    const site = originAt(open(), [{}], { cacheControl: TOLD, when: () => false })
    expect(told(await site.get('/page'))).toBeNull()
  })

  test('never on a body that still reads: it may turn out to be one client’s', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60, cacheControl: TOLD }), (c) => {
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          controller.enqueue(new TextEncoder().encode(`for ${c.req.header('cookie')}`))
          controller.close()
        },
      })
      return c.body(body)
    })
    const answer = await site.get('/page', { headers: { cookie: 'a=1' } })
    expect(answer.body).toBe('for a=1')
    expect(told(answer)).toBeNull()
    expect(site.transcript().at(-1)).toMatch(/^not-stored GET \/page {reason: reads-cookie/)
  })
})
