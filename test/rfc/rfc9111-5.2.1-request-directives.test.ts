/** RFC 9111 §5.2.1, Request Directives, and §5.4, Pragma: obeyed under the standard policy and no other. */
import { expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const asking = (directives: string) => ({ headers: { 'cache-control': directives } })

/** After `elapsed` seconds, of an entry with `max-age=60` and an Age of 10 when it was stored: 50 seconds are left. */
const CASES: [directives: string, elapsed: number, cache: string][] = [
  ['max-age=30', 20, 'hit; ttl=30'],
  ['max-age=29', 20, 'fwd=request; stored'],
  ['max-age=0', 0, 'fwd=request; stored'],
  ['max-age=soon', 20, 'hit; ttl=30'],
  ['min-fresh=30', 20, 'hit; ttl=30'],
  ['min-fresh=31', 20, 'fwd=request; stored'],
  ['max-stale=10', 60, 'hit; ttl=-10'],
  ['max-stale=9', 60, 'fwd=stale; stored'],
  ['max-stale', 600, 'hit; ttl=-550'],
  ['max-stale=soon', 60, 'fwd=stale; stored'],
  ['max-age=30, max-stale=100', 60, 'fwd=request; stored'],
  ['no-cache', 0, 'fwd=request; stored'],
  ['NO-CACHE', 0, 'fwd=request; stored'],
  ['x="no-cache"', 0, 'hit; ttl=50'],
  ['no-store', 0, 'fwd=request'],
  ['only-if-cached', 20, 'hit; ttl=30'],
  ['only-if-cached', 50, 'fwd=stale; detail=only-if-cached'],
  ['only-if-cached, no-cache', 0, 'fwd=request; detail=only-if-cached'],
  ['no-transform', 0, 'hit; ttl=50'],
]

onBothStores('RFC 9111 §5.2.1', (open) => {
  test.each(CASES)('%s, %d seconds later: %s', async (directives, elapsed, cache) => {
    const site = originAt(open(), [{ headers: { ...fresh(60), age: '10' } }])
    await site.get('/page')
    pass(elapsed)
    expect((await site.get('/page', asking(directives))).cache).toBe(cache)
    // What a client takes stale is not refreshed behind it, either.
    expect(site.asked).toHaveLength(/^hit|only-if-cached/.test(cache) ? 1 : 2)
  })

  test('no-store: nothing is stored for it, and what is there stays', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    expect((await site.get('/page', asking('no-store'))).body).toBe('one')
    expect((await site.get('/page')).body).toBe('two')
    expect((await site.get('/page', asking('no-store'))).body).toBe('three')
    expect((await site.get('/page')).body).toBe('two')
  })

  test('no-cache: what is stored is validated, and renewed', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(60), etag: '"v1"' } }, { status: 304 }])
    await site.get('/page')
    expect(await site.get('/page', asking('no-cache'))).toMatchObject({ body: 'one' })
    expect(site.asked[1]!.headers.get('if-none-match')).toBe('"v1"')
  })

  test('only-if-cached: 504 where nothing is stored, and the handler is not asked', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    expect(await site.get('/page', asking('only-if-cached'))).toMatchObject({
      status: 504,
      cache: 'fwd=uri-miss; detail=only-if-cached',
    })
    expect(site.asked).toHaveLength(0)
  })

  test('only-if-cached: the 504 has what middleware above has set', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('access-control-allow-origin', '*')
      await next()
    })
    site.app.get('/page', cache({ policy: 'standard' }), (c) => c.text('made'))
    const { status, headers } = await site.get('/page', asking('only-if-cached'))
    expect(status).toBe(504)
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  test('max-stale does not help where the response forbids it', async () => {
    for (const directive of ['must-revalidate', 'proxy-revalidate', 's-maxage=60']) {
      const site = originAt(open(), [{ headers: fresh(60, `, ${directive}`) }])
      await site.get('/page')
      pass(61)
      expect((await site.get('/page', asking('max-stale'))).body).toBe('two')
    }
  })

  test.each([
    ['past the windows that it names itself', 11, ', stale-while-revalidate=10'],
    ['where it names none', 0, ''],
  ])('max-stale does not help what was never fresh, %s', async (_, elapsed, windows) => {
    const headers = { ...fresh(0, windows), etag: '"v1"' }
    const site = originAt(open(), [{ headers }])
    await site.get('/page')
    pass(elapsed)
    expect((await site.get('/page', asking('max-stale'))).body).toBe('two')
  })

  test('nor is it any fresher where lives are shortened at random', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const headers = { ...fresh(0, ', stale-while-revalidate=10'), age: '30', etag: '"v1"' }
    const site = originAt(open(), [{ headers }], { jitter: 1 })
    await site.get('/page')
    vi.restoreAllMocks()
    pass(11)
    expect((await site.get('/page', asking('max-stale'))).body).toBe('two')
  })

  test('Pragma: no-cache counts where there is no Cache-Control', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    await site.get('/page')
    const pragma = { pragma: 'No-Cache' }
    expect((await site.get('/page', { headers: { ...pragma, 'cache-control': 'max-age=60' } })).body).toBe(
      'one',
    )
    expect((await site.get('/page', { headers: { pragma: 'x' } })).body).toBe('one')
    expect((await site.get('/page', { headers: pragma })).body).toBe('two')
  })

  test('the safe policy obeys none of them: a client cannot get past it', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }], { policy: 'safe' })
    await site.get('/page')
    for (const directives of ['no-cache', 'no-store', 'max-age=0', 'min-fresh=99', 'only-if-cached']) {
      expect((await site.get('/page', asking(directives))).cache).toBe('hit; ttl=60')
    }
    expect((await site.get('/page', { headers: { pragma: 'no-cache' } })).cache).toBe('hit; ttl=60')
    pass(60)
    expect((await site.get('/page', asking('max-stale'))).body).toBe('two')
  })
})
