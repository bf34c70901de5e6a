/** RFC 9111 §4.2, Freshness: who names the lifetime, and how much of it is used up. */
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { at, fresh, originAt, type Reply } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const expires = { date: at(0), expires: at(50) }

/** With a validator, so that everything is stored, and Cache-Status tells what is left. */
const CASES: [story: string, headers: Record<string, string>, ttl: number, options?: CacheOptions][] = [
  [
    'CDN-Cache-Control beats all',
    { ...expires, 'cdn-cache-control': 'max-age=10', 'cache-control': 's-maxage=20' },
    10,
    { expire: 30 },
  ],
  [
    's-maxage beats expire, max-age and Expires',
    { ...expires, 'cache-control': 'max-age=40, s-maxage=20' },
    20,
    { expire: 30 },
  ],
  ['expire beats max-age and Expires', { ...expires, 'cache-control': 'max-age=40' }, 30, { expire: 30 }],
  ['max-age beats Expires', { ...expires, 'cache-control': 'max-age=40' }, 40],
  ['Expires counts from Date', { date: at(-10), expires: at(50) }, 50],
  ['and from now where there is none', { expires: at(50) }, 50],
  ['expire: 0 leaves it to the response', { 'cache-control': 'max-age=40' }, 40, { expire: 0 }],
  ['the first of two max-ages counts', { 'cache-control': 'max-age=40, max-age=90' }, 40],
  ['quoted it counts as well', { 'cache-control': 'max-age="40"' }, 40],
  ['its name is in any case', { 'cache-control': 'MAX-AGE=40' }, 40],
  ['more than 2^31 is 2^31', { 'cache-control': 'max-age=99999999999999999999' }, 2 ** 31],
  ['so is an expire of more', {}, 2 ** 31, { expire: 1e21 }],
  ['Age has used some up', { 'cache-control': 'max-age=40', age: '15' }, 25],
  ['the first of two Ages counts', { 'cache-control': 'max-age=40', age: '15, 7200' }, 25],
  ['an Age that cannot be read counts for nothing', { 'cache-control': 'max-age=40', age: 'old' }, 40],
  ['and so has the time since Date', { 'cache-control': 'max-age=40', date: at(-15) }, 25],
  ['the greater of the two counts', { 'cache-control': 'max-age=40', date: at(-15), age: '20' }, 20],
  ['a Date of the future makes nothing younger', { 'cache-control': 'max-age=40', date: at(15) }, 40],
]

const NEVER_FRESH: [string, Record<string, string>][] = [
  ['max-age=0', { 'cache-control': 'max-age=0' }],
  ['a max-age that is no number, though Expires lies ahead', { ...expires, 'cache-control': 'max-age=soon' }],
  ['Expires: 0', { expires: '0' }],
  ['an Expires that is no HTTP date', { expires: '2040-01-01T00:00:00Z' }],
  ['an Expires that lies behind', { date: at(0), expires: at(-1) }],
  ['an Age beyond it', { 'cache-control': 'max-age=40', age: '40' }],
]

onBothStores('RFC 9111 §4.2', (open) => {
  test.each(CASES)('%s', async (_, headers, ttl, options) => {
    const site = originAt(open(), [{ headers: { ...headers, etag: '"v1"' } }, { status: 304 }], options)
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe(`hit; ttl=${ttl}`)
  })

  test.each(NEVER_FRESH)('%s: never fresh', async (_, headers) => {
    const site = originAt(open(), [{ headers: { ...headers, etag: '"v1"' } }, { status: 304, headers }])
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'one' })
    expect(site.asked).toHaveLength(2)
    expect(site.asked[1]!.headers.get('if-none-match')).toBe('"v1"')
  })

  test('expire: 0 of the safe policy likewise: only what the response itself makes fresh is stored', async () => {
    for (const [headers, cache] of [
      [fresh(40), 'hit; ttl=40'],
      [{}, 'fwd=uri-miss; detail=not-fresh'],
    ] as const) {
      const site = originAt(open(), [{ headers }], { policy: 'safe', expire: 0 })
      await site.get('/page')
      expect((await site.get('/page')).cache).toBe(cache)
    }
  })

  test('freshness ends at its second and not before', async () => {
    const site = originAt(open(), [{ headers: fresh(40) }])
    await site.get('/page')
    pass(39.5)
    expect((await site.get('/page')).cache).toBe('hit; ttl=0')
    pass(0.5)
    expect((await site.get('/page')).cache).toBe('fwd=stale; stored')
  })

  test.each<[string, Record<string, string>, number, number, number, CacheOptions?]>([
    ['an Age grows by it', { ...fresh(60), age: '10' }, 30, 40, 20],
    ['what Date shows has it already', { ...fresh(60), date: at(0) }, 30, 30, 30],
    ['without an Age it was made here, and is new', fresh(60), 30, 0, 60],
    ['no clock that is set back makes it younger', { ...fresh(60), age: '10' }, -30, 10, 50],
    ['the safe policy counts from the answer', { ...fresh(60), age: '10' }, 30, 10, 50, { policy: 'safe' }],
  ])('the time that the handler takes: %s', async (_, headers, seconds, age, ttl, options) => {
    const site = open()
    site.app.get('/page', cache({ policy: 'standard', autoVary: false, ...options }), (c) => {
      pass(seconds)
      return c.text('the page', 200, headers)
    })
    await site.get('/page')
    const hit = await site.get('/page')
    expect(hit.cache).toBe(`hit; ttl=${ttl}`)
    expect(hit.headers.get('age')).toBe(String(age))
  })
})

onBothStores('what is never fresh, as Express gives it: an ETag, and no word of who may have it', (open) => {
  const pageOf = (name: string, more: Record<string, string>): Reply => ({
    headers: { etag: `"of ${name}"`, ...more },
    body: `for ${name}`,
  })
  const windows = { staleWhileRevalidate: 60, staleIfError: 600 }

  test.each<[string, Record<string, string>, CacheOptions, Record<string, string>]>([
    ['a client that takes what is stale', {}, {}, { 'cache-control': 'max-stale' }],
    ['the windows of the route', {}, windows, {}],
    ['both, of max-age=0', { 'cache-control': 'max-age=0' }, windows, { 'cache-control': 'max-stale' }],
  ])('nobody gets the page of another by %s', async (_, more, options, asks) => {
    const site = originAt(open(), [pageOf('alice', more), pageOf('bob', more), { status: 503 }], options)
    await site.get('/me')
    expect((await site.get('/me', { headers: asks })).body).toBe('for bob')
    expect((await site.get('/me', { headers: asks })).status).toBe(503)
  })

  test.each<[string, Record<string, string>]>([
    ['stale-if-error=600', {}],
    ['stale-if-error=600', { 'cache-control': 'max-stale' }],
    ['stale-while-revalidate=0', { 'cache-control': 'max-stale' }],
    ['stale-while-revalidate=10', { 'cache-control': 'max-stale' }],
  ])('nor by another window than the one that it names: %s (%o)', async (window, asks) => {
    const more = { 'cache-control': `max-age=0, ${window}` }
    const site = originAt(open(), [pageOf('alice', more), pageOf('bob', more)], windows)
    await site.get('/me')
    pass(11)
    expect((await site.get('/me', { headers: asks })).body).toBe('for bob')
  })

  test('it may be used stale where it says so itself', async () => {
    const control = { 'cache-control': 'max-age=0, stale-while-revalidate=60' }
    const site = originAt(open(), [pageOf('all', control)])
    await site.get('/page')
    pass(1)
    expect(await site.get('/page')).toMatchObject({ body: 'for all', cache: 'hit; ttl=-1' })
  })

  test('and stand in for an error where it says that', async () => {
    const site = originAt(open(), [
      pageOf('all', { 'cache-control': 'max-age=0, stale-if-error=60' }),
      { status: 503 },
    ])
    await site.get('/page')
    pass(1)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'for all' })
  })

  test('what was fresh, and has used that up on its way, may be used as the route says', async () => {
    const site = originAt(open(), [pageOf('all', { 'cache-control': 'max-age=60', age: '80' })], windows)
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'for all', cache: 'hit; ttl=-20' })
  })
})
