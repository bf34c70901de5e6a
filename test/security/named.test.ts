/**
 * What has gone wrong in other caches, by name, under both policies. Each is also told clause by clause elsewhere; here
 * it is the attack, or the outage, as it happened. Double encoding is in `replay.test.ts`.
 */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const POLICIES = ['safe', 'standard'] as const

onBothStores('advisories on Hono’s own cache middleware', (open) => {
  test.each(POLICIES)('%s: Cache-Control: private was ignored', async (policy) => {
    for (const directives of [
      'private',
      'max-age=60, private',
      'PRIVATE="set-cookie", s-maxage=60',
      'private, public',
    ]) {
      const headers = { 'cache-control': directives }
      const site = originAt(
        open(),
        [
          { headers, body: 'for Alice' },
          { headers, body: 'for Bob' },
        ],
        { policy, expire: 60 },
      )
      expect((await site.get('/me')).body).toBe('for Alice')
      expect((await site.get('/me')).body).toBe('for Bob')
    }
  })

  test.each(POLICIES)('%s: Vary: Authorization and Vary: Cookie were ignored', async (policy) => {
    for (const name of ['authorization', 'cookie']) {
      const site = open()
      site.app.get('/me', cache({ policy, expire: 60, autoVary: false }), (c) =>
        c.text(`for ${c.req.header(name)}`, 200, {
          'cache-control': 'public, max-age=60',
          vary: `Accept, ${name}`,
        }),
      )
      for (const who of ['alice', 'bob', 'alice', 'bob']) {
        expect((await site.get('/me', { headers: { [name]: who } })).body).toBe(`for ${who}`)
      }
      expect((await site.get('/me')).body).toBe('for undefined')
    }
  })

  test.each(POLICIES)(
    '%s: parameters after # were part of the key, and those before it were not',
    async (policy) => {
      const site = open()
      site.app.get('/page', cache({ policy, expire: 60 }), (c) => c.text(`user ${c.req.query('user')}`))
      const bodyOf = async (path: string) => (await site.get(`http://localhost${path}`)).body
      expect(await bodyOf('/page?user=1#?user=2')).toBe('user 1')
      expect(await bodyOf('/page?user=2#?user=1')).toBe('user 2')
      expect(await bodyOf('/page#?user=1')).toBe('user undefined')
      expect(await bodyOf('/page')).toBe('user undefined')
    },
  )
})

onBothStores('outages that caches have made worse', (open) => {
  test.each(POLICIES)('%s: the 5xx that evicts the last good copy', async (policy) => {
    const good = { headers: { ...fresh(60), etag: '"v1"' } }
    const bad = { status: 503, headers: fresh(3600) }
    const site = originAt(open(), [good, bad, bad, { status: 304, headers: fresh(60) }], {
      policy,
      staleIfError: 3600,
    })
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).body).toBe('one')
    // The copy is still there to be validated.
    expect(await site.get('/page')).toMatchObject({
      body: 'one',
      cache: 'fwd=stale; fwd-status=304; ttl=60; stored',
    })
  })

  test.each(POLICIES)('%s: HEAD that poisons GET', async (policy) => {
    const site = originAt(open(), [{ headers: fresh(60) }], { policy })
    for (let time = 0; time < 2; time++) expect((await site.get('/page', { method: 'HEAD' })).body).toBe('')
    expect((await site.get('/page')).body).toBe('three')
    expect((await site.get('/page', { method: 'HEAD' })).cache).toBe('hit; ttl=60')
    expect((await site.get('/page')).body).toBe('three')
  })
})

onBothStores('requests that were made to confuse', (open) => {
  test.each(POLICIES)(
    '%s: header injection: what a client sends never becomes a field of somebody’s answer',
    async (policy) => {
      const site = originAt(open({ statusKey: true }), [{ headers: fresh(60) }], {
        policy,
        keyBuilder: (c) => c.req.query('key'),
      })
      const path = `/page?key=${encodeURIComponent('k"; detail=x\r\nset-cookie: session=stolen')}`
      for (let time = 0; time < 2; time++) {
        const { headers } = await site.get(path)
        expect(headers.has('set-cookie')).toBe(false)
        expect(headers.get('cache-status')).toMatch(/^hono-redis-cache; [^"]*; key="[^"\\]*"$/)
      }
    },
  )

  test.each(POLICIES)('%s: http and https, and two hosts, are different places', async (policy) => {
    const site = originAt(open(), [{ headers: fresh(60) }], { policy })
    const urls = ['http://a.example/', 'https://a.example/', 'http://b.example/']
    const bodies = []
    for (const url of [...urls, ...urls]) bodies.push((await site.get(url)).body)
    expect(bodies).toEqual(['one', 'two', 'three', 'one', 'two', 'three'])
  })

  test('a client’s own validator of a hop: what it says it has is not what is stored for others', async () => {
    const site = originAt(open(), [{ status: 304 }, { headers: fresh(60) }])
    await site.get('/page', { headers: { 'if-none-match': '*' } })
    expect(site.asked[0]!.headers.has('if-none-match')).toBe(false)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'two' })
  })
})
