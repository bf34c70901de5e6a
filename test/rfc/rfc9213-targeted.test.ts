/** RFC 9213, Targeted Cache Control: CDN-Cache-Control speaks to us, and in the place of Cache-Control and Expires. */
import { expect, test } from 'vitest'
import { at, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const cdn = (value: string, rest: Record<string, string> = {}) => [
  { headers: { 'cdn-cache-control': value, ...rest } },
]

onBothStores('RFC 9213', (open) => {
  test.each<[string, string, Record<string, string>]>([
    ['a longer lifetime', 'max-age=90', { 'cache-control': 'max-age=1, s-maxage=2', expires: at(3) }],
    ['what Cache-Control would keep out', 'max-age=90', { 'cache-control': 'no-store, private, no-cache' }],
    ['an Integer with parameters', 'max-age=90;why="x", x=(a b);c', {}],
  ])('it counts: %s', async (_, value, rest) => {
    const site = originAt(open(), cdn(value, rest))
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=90')
  })

  test.each<[string, string, string]>([
    ['no-store', 'no-store', 'no-store'],
    ['private', 'private', 'private'],
    ['no lifetime: that of Cache-Control does not count', 'public', 'not-fresh'],
  ])('it keeps out: %s', async (_, value, reason) => {
    const site = originAt(open(), cdn(value, { 'cache-control': 'max-age=60', expires: at(60) }))
    expect((await site.get('/page')).cache).toBe(`fwd=uri-miss; detail=${reason}`)
  })

  test('a public of Cache-Control allows no heuristics beside it', async () => {
    const modified = { 'last-modified': at(-1000), 'cache-control': 'public' }
    for (const [value, cache] of [
      ['stale-if-error=60', /^fwd=uri-miss; detail=not-fresh/],
      ['public', /^hit; ttl=100/],
    ] as const) {
      const site = originAt(open(), [{ status: 302, headers: { 'cdn-cache-control': value, ...modified } }])
      await site.get('/page')
      expect((await site.get('/page')).cache).toMatch(cache)
    }
  })

  test.each<[string, Record<string, string>]>([
    ['public', { 'cache-control': 'public' }],
    ['max-age', { 'cache-control': 'max-age=60' }],
    ['Expires', { expires: at(60) }],
  ])('nor is a cookie shared because of a %s beside it', async (_, rest) => {
    const cookie = { 'set-cookie': 'session=1', 'last-modified': at(-100_000), ...rest }
    const site = originAt(open(), cdn('stale-if-error=60', cookie))
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=set-cookie')
    const without = originAt(open(), [{ headers: cookie }])
    expect((await without.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })

  test.each([
    ['empty', ''],
    ['no dictionary', 'max-age=90, =='],
    ['a comma at the end', 'max-age=90,'],
    ['an upper-case key', 'Max-Age=90'],
    ['a String where an Integer is due, and nothing else', 'max-age="90"'],
    ['a fraction', 'max-age=90.5'],
  ])('where it is %s it is none, and Cache-Control counts', async (_, value) => {
    const site = originAt(open(), cdn(value, { 'cache-control': 'max-age=60' }))
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('it is forwarded untouched, on a miss and on a hit', async () => {
    const value = 'max-age=90, x="y";z'
    const site = originAt(open(), cdn(value, { 'cache-control': 'no-store' }))
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=90']) {
      const answer = await site.get('/page')
      expect(answer.cache).toBe(cache)
      expect(answer.headers.get('cdn-cache-control')).toBe(value)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('its stale windows count, and those of Cache-Control do not', async () => {
    for (const [value, rest, body] of [
      ['max-age=60, stale-while-revalidate=60', 'max-age=60', 'one'],
      ['max-age=60', 'max-age=60, stale-while-revalidate=60', 'two'],
      ['max-age=60, must-revalidate, stale-while-revalidate=60', 'max-age=60', 'two'],
      ['max-age=60, stale-while-revalidate=60', 'must-revalidate', 'one'],
    ] as const) {
      const site = originAt(open(), cdn(value, { 'cache-control': rest }))
      await site.get('/page')
      pass(70)
      expect((await site.get('/page')).body).toBe(body)
    }
  })

  test('the safe policy believes whichever keeps a response out', async () => {
    for (const [value, rest, reason] of [
      ['max-age=60', 'no-store', 'no-store'],
      ['max-age=60', 'private', 'private'],
      ['no-store', 'max-age=60', 'no-store'],
    ] as const) {
      const site = originAt(open(), cdn(value, { 'cache-control': rest }), { policy: 'safe' })
      expect((await site.get('/page')).cache).toBe(`fwd=uri-miss; detail=${reason}`)
    }
  })

  test('the origin learns that there is somebody whom Surrogate-Control reaches', async () => {
    const site = originAt(open(), [
      { headers: { 'surrogate-control': 'max-age=90;hono-redis-cache', 'cache-control': 'max-age=60' } },
    ])
    await site.get('/page')
    expect(site.asked[0]!.headers.get('surrogate-capability')).toBe('hono-redis-cache="Surrogate/1.0"')
    expect((await site.get('/page')).cache).toBe('hit; ttl=90')
  })
})
