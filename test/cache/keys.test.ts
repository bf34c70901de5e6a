/** Static keys and built keys: the author's claim that nothing else of the URL matters. */
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('keys', (open) => {
  test('a static key is shared by every URL of a path', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ key: 'front' }), (c) => c.text(made()))
    await site.get('/page?a=1')
    expect(await site.get('http://other/page?a=2')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })

  test('two paths with one key share once both are known to the store, in two namespaces they do not', async () => {
    const site = open()
    const made = counter()
    site.app.get('/a', cache({ key: 'k' }), (c) => c.text(made()))
    site.app.get('/b', cache({ key: 'k' }), (c) => c.text(made()))
    site.app.get('/c', cache({ key: 'k', namespace: 'other' }), (c) => c.text(made()))
    await site.get('/a')
    // The fence of path /b is missing, so that nobody knows whether it was cleared: a miss, which creates it.
    expect(await site.get('/b')).toMatchObject({ body: 'two', cache: 'fwd=miss; stored' })
    expect(await site.get('/a')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
    expect(await site.get('/b')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
    expect((await site.get('/c')).body).toBe('three')
  })

  test('variants still apply to a static key', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ key: 'k', vary: ['x-tenant'] }), (c) => c.text(made()))
    await site.get('/page', { headers: { 'x-tenant': 'a' } })
    expect((await site.get('/page', { headers: { 'x-tenant': 'b' } })).body).toBe('two')
  })

  test('a built key, also one that is a promise', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page/:id', cache({ keyBuilder: async (c) => `page:${c.req.param('id')}` }), (c) =>
      c.text(made()),
    )
    await site.get('/page/1?a=1')
    expect((await site.get('/page/1?a=2')).body).toBe('one')
    expect((await site.get('/page/2')).body).toBe('two')
  })

  test.each([
    ['null', () => null],
    ['undefined', () => undefined],
    ['an empty string', async () => ''],
    ['a number', () => 1 as unknown as string],
  ])('a keyBuilder that gives %s: no key, no cache', async (_, keyBuilder) => {
    const site = open()
    site.app.get('/page', cache({ keyBuilder }), (c) => c.text('made'))
    expect(await site.get('/page')).toMatchObject({ body: 'made', cache: 'fwd=bypass; detail=no-key' })
    expect(site.transcript()).toEqual(['bypass GET /page {reason: no-key}'])
  })

  test.each<[string, CacheOptions]>([
    ['keyBuilder', { keyBuilder: () => fail() }],
    ['keyBuilder, late', { keyBuilder: async () => fail() }],
    ['tags', { tags: () => fail() }],
  ])('a callback that throws (%s) goes past the cache, and its message stays unsaid', async (_, options) => {
    const site = open()
    site.app.get('/page', cache(options), (c) => c.text('made'))
    expect(await site.get('/page')).toMatchObject({ status: 200, cache: 'fwd=bypass; detail=configuration' })
    expect(site.transcript()).toEqual([
      'bypass GET /page {reason: configuration, detail: keyBuilder, tags or an invalid Host threw RangeError}',
    ])
  })

  test('keys that look like other names of the store stay apart', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ keyBuilder: (c) => c.req.query('key') }), (c) => c.text(made()))
    const keys = [
      'a',
      'a:b',
      'a%3Ab',
      ':',
      'clock',
      '#',
      `#${'0'.repeat(32)}`,
      'x'.repeat(100),
      `${'x'.repeat(99)}y`,
    ]
    for (const key of keys)
      expect((await site.get(`/page?key=${encodeURIComponent(key)}`)).cache).toContain('stored')
    for (const key of keys)
      expect((await site.get(`/page?key=${encodeURIComponent(key)}`)).cache).toContain('hit')
  })
})

function fail(): never {
  throw new RangeError('secret')
}
