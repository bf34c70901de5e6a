/** For how long: `expire` is an instruction to this cache; only what speaks to shared caches beats it. */
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { NOON, onBothStores, pass } from '../support/stores.ts'

const inAnHour = new Date(NOON.getTime() + 3_600_000).toUTCString()

const CASES: [story: string, CacheOptions, Record<string, string>, ttl: number | string][] = [
  ['nobody says anything: a minute', {}, {}, 60],
  ['expire', { expire: 300 }, {}, 300],
  ['expire beats max-age', { expire: 300 }, { 'cache-control': 'max-age=10' }, 300],
  ['expire beats Expires', { expire: 300 }, { expires: inAnHour }, 300],
  ['s-maxage beats expire', { expire: 300 }, { 'cache-control': 's-maxage=10' }, 10],
  [
    'CDN-Cache-Control beats both',
    { expire: 300 },
    { 'cdn-cache-control': 'max-age=20', 'cache-control': 's-maxage=10' },
    20,
  ],
  ['max-age beats the default', {}, { 'cache-control': 'max-age=10' }, 10],
  ['Expires beats the default', {}, { expires: inAnHour, date: NOON.toUTCString() }, 3600],
  ['an age counts against max-age', {}, { 'cache-control': 'max-age=100', age: '30' }, 70],
  ['an age counts against s-maxage', { expire: 9 }, { 'cache-control': 's-maxage=100', age: '30' }, 70],
  ['an age does not count against expire', { expire: 100 }, { age: '30' }, 100],
  ['expire: 0 stores nothing', { expire: 0 }, {}, 'not-fresh'],
  ['max-age=0 without expire stores nothing', {}, { 'cache-control': 'max-age=0' }, 'not-fresh'],
  ['Expires: 0 without expire stores nothing', {}, { expires: '0' }, 'not-fresh'],
  ['by status', { expire: { 200: 30, 404: 5 } }, {}, 30],
  ['by function', { expire: (_c, res) => Number(res.headers.get('x-seconds')) }, { 'x-seconds': '77' }, 77],
  ['by function and status', { expire: { 200: () => 12.5 } }, {}, 12],
]

onBothStores('freshness', (open) => {
  test.each(CASES)('%s', async (_, options, headers, ttl) => {
    const site = open()
    site.app.get('/page', cache(options), (c) => c.text('made', 200, headers))
    const miss = await site.get('/page')
    if (typeof ttl === 'string') expect(miss.cache).toBe(`fwd=uri-miss; detail=${ttl}`)
    else expect((await site.get('/page')).cache).toBe(`hit; ttl=${ttl}`)
  })

  test('an entry of an isolate whose clock is ahead is not fresh until other clocks have come to that', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60, staleIfError: 86_400 }), (c) => c.text(made()))
    pass(59)
    await site.get('/page')
    pass(-59)
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
    pass(-2)
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=stale; stored' })
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
  })

  test('a function for one status leaves the others to theirs', async () => {
    const site = open()
    site.app.get('/:status', cache({ expire: { 200: 30, 404: () => 5 } }), (c) =>
      c.text('made', c.req.param('status') === '404' ? 404 : 200),
    )
    for (const [path, ttl] of [
      ['/200', 30],
      ['/404', 5],
    ] as const) {
      await site.get(path)
      expect((await site.get(path)).cache).toBe(`hit; ttl=${ttl}`)
    }
  })

  test.each([
    ['NaN', () => Number.NaN],
    ['negative', () => -1],
    ['no number', () => '60' as unknown as number],
  ])('a function whose seconds are %s stores nothing and says so', async (_, expire) => {
    const site = open()
    site.app.get('/page', cache({ expire }), (c) => c.text('made'))
    expect(await site.get('/page')).toMatchObject({
      body: 'made',
      cache: 'fwd=uri-miss; detail=configuration',
    })
    expect(site.transcript()[1]).toBe(
      'not-stored GET /page {reason: configuration, detail: expire gave no number of seconds}',
    )
  })

  test('a function that throws stores nothing, and its message stays unsaid', async () => {
    const site = open()
    const expire = () => {
      throw new Error('secret')
    }
    site.app.get('/page', cache({ expire }), (c) => c.text('made'))
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'made' })
    expect(site.transcript()[1]).toBe(
      'not-stored GET /page {reason: configuration, detail: expire threw Error}',
    )
  })
})
