/** A 304 renews a stored response (RFC 9111 §4.3.4) on the terms on which a response is stored. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { originAt } from '../support/origin.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'
import { unchanged, V1 } from './validation.ts'

onBothStores('a 304 is stored on the same terms as a response', (open) => {
  test.each<[string, Record<string, string>]>([
    ['set-cookie', { 'set-cookie': 'session=of-the-one-who-asked' }],
    ['private', { 'cache-control': 'private' }],
    ['no-store', { 'cache-control': 'no-store' }],
    ['not-fresh', { 'cache-control': 's-maxage=0' }],
    ['vary-star', { vary: '*' }],
  ])('%s keeps it out', async (reason, headers) => {
    const site = originAt(open(), [V1, unchanged(headers)], { policy: 'safe', expire: 60 })
    await site.get('/page')
    pass(60)
    expect(await site.get('/page')).toMatchObject({
      body: 'one',
      cache: `fwd=stale; fwd-status=304; ttl=0; detail=${reason}`,
    })
    expect(site.transcript().at(-1)).toBe(`not-stored GET /* {reason: ${reason}}`)
    expect((await site.get('/page')).cache).toMatch(/^fwd=stale/)
  })

  test('what middleware above says of the answer of this client keeps it out', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      if (c.req.header('x-user')) c.header('cache-control', 'private')
      await next()
    })
    site.app.get('/page', cache({ expire: 60, autoVary: false }), (c) => {
      c.header('x-for', c.req.header('x-user') ?? 'everybody')
      return c.req.header('if-none-match') ? c.body(null, 304) : c.text('made', 200, { etag: '"v1"' })
    })
    await site.get('/page')
    pass(60)
    const forAlice = await site.get('/page', { headers: { 'x-user': 'alice' } })
    expect(forAlice).toMatchObject({ body: 'made', cache: expect.stringContaining('detail=private') })
    expect(forAlice.headers.get('x-for')).toBe('alice')
    expect((await site.get('/page')).headers.get('x-for')).toBe('everybody')
  })

  test('but not what the response has in the place of that', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('cache-control', 'private')
      await next()
    })
    site.app.get('/page', cache(), (c) => {
      const fields = { etag: '"v1"', 'cache-control': 'max-age=60' }
      return c.req.header('if-none-match') ? c.body(null, 304) : c.text('made', 200, fields)
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).cache).toBe('fwd=stale; fwd-status=304; ttl=60; stored')
  })

  test('skip() keeps it out', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      if (c.req.header('if-none-match') === undefined) return c.text('made', 200, { etag: '"v1"' })
      c.get('cache').skip('only for now')
      return c.body(null, 304)
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).body).toBe('made')
    expect(site.transcript().at(-1)).toBe('not-stored GET /page {reason: skipped, detail: only for now}')
  })

  test('tags that it adds each time do not pile up', async () => {
    const site = open()
    let times = 0
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      for (let i = 0; i < 40; i++) c.get('cache').tag(`${times}-${i}`)
      return times++ > 0 ? c.body(null, 304) : c.text('made', 200, { etag: '"v1"' })
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).body).toBe('made')
    expect(site.transcript().at(-1)).toBe(
      'not-stored GET /page {reason: too-many-tags, detail: it has more than 64 tags}',
    )
  })

  test('what the handler reads only for it counts: a 304 for one caller is none for the next', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      if (c.req.header('if-none-match') === '"v1"' && c.req.header('x-tenant') === 'a')
        return c.body(null, 304)
      return c.text(made(), 200, { etag: '"v1"' })
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page', { headers: { 'x-tenant': 'a' } })).body).toBe('one')
    expect((await site.get('/page', { headers: { 'x-tenant': 'a' } })).cache).toBe('hit; ttl=60')
    expect((await site.get('/page', { headers: { 'x-tenant': 'b' } })).body).toBe('two')
  })

  test('nor is it stored where the handler reads what no key covers', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      if (c.req.header('if-none-match') === undefined) return c.text('made', 200, { etag: '"v1"' })
      return c.req.header('cookie') === 'a=1' ? c.body(null, 304) : c.text('for others')
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page', { headers: { cookie: 'a=1' } })).body).toBe('made')
    expect((await site.get('/page', { headers: { cookie: 'a=2' } })).body).toBe('for others')
  })

  test('an `expire` that throws is an event and no 500', async () => {
    const site = open()
    let throws = false
    const expire = () => {
      if (throws) throw new Error('secret')
      return 60
    }
    site.app.get('/page', cache({ expire }), (c) =>
      c.req.header('if-none-match') ? c.body(null, 304) : c.text('made', 200, { etag: '"v1"' }),
    )
    await site.get('/page')
    pass(60)
    throws = true
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'made' })
    expect(site.transcript().at(-1)).toBe(
      'not-stored GET /page {reason: configuration, detail: expire threw Error}',
    )
  })

  test('what downstream caches were told to vary on stays, where the 304 names something else', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('vary', 'origin')
      await next()
    })
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      const tenant = c.req.header('x-tenant') ?? 'nobody'
      if (c.req.header('if-none-match')) return c.body(null, 304, { vary: 'accept' })
      return c.text(tenant, 200, { etag: '"v1"' })
    })
    await site.get('/page')
    pass(60)
    await site.get('/page')
    const { headers } = await site.get('/page')
    expect(headers.get('vary')).toBe('origin, accept, x-tenant')
    expect(headers.get('etag')).toBe('"v1"')
  })

  test('nor are they told of anything, where neither names something', async () => {
    const site = originAt(open(), [V1, unchanged()])
    await site.get('/page')
    pass(60)
    await site.get('/page')
    expect((await site.get('/page')).headers.has('vary')).toBe(false)
  })
})
