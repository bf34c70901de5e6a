/** RFC 9111 §4.2.2, Calculating Heuristic Freshness: where nobody names a lifetime. */
import { expect, test } from 'vitest'
import { at, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

const modified = (ago: number) => ({ 'last-modified': at(-ago), date: at(0) })

onBothStores('RFC 9111 §4.2.2', (open) => {
  test.each<[string, number, Record<string, string>, number]>([
    ['a tenth of the time since the last change', 200, modified(1000), 100],
    ['which counts up to Date', 200, { 'last-modified': at(-1010), date: at(-10) }, 90],
    ['never more than a day', 200, modified(100 * 86_400), 86_400],
    ['a status that is cacheable by heuristics', 404, modified(1000), 100],
    ['another one that is public', 599, { ...modified(1000), 'cache-control': 'public' }, 100],
  ])('%s', async (_, status, headers, ttl) => {
    const site = originAt(open(), [{ status, headers }])
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe(`hit; ttl=${ttl}`)
  })

  test.each<[string, number, Record<string, string>]>([
    ['a status that is not', 599, modified(1000)],
    ['a last change that lies ahead', 200, { 'last-modified': at(1000), date: at(0) }],
    ['a last change that is no date', 200, { 'last-modified': 'yesterday' }],
    ['an origin of before Cache-Control, that says no-cache', 200, { ...modified(1000), pragma: 'no-cache' }],
    ['a lifetime that is named, and is none', 200, { ...modified(1000), 'cache-control': 'max-age=0' }],
  ])('not for %s', async (_, status, headers) => {
    const site = originAt(open(), [{ status, headers }])
    await site.get('/page')
    expect((await site.get('/page')).cache).toMatch(/^fwd=(uri-miss|stale)/)
  })

  test('not of the page of somebody, who is told by a cookie that it does not vary on', async () => {
    const [ofAlice, ofBob] = ['alice', 'bob'].map((name) => ({
      headers: { ...modified(1000), etag: `"of ${name}"` },
      body: `for ${name}`,
    }))
    const site = originAt(open(), [ofAlice!, ofBob!])
    await site.get('/me', { headers: { cookie: 'session=of-alice' } })
    expect((await site.get('/me', { headers: { cookie: 'session=of-bob' } })).body).toBe('for bob')
  })

  test('nor where it varies on one of two credentials', async () => {
    const headers = { ...modified(1000), vary: 'Authorization', 'cache-control': 'must-revalidate' }
    const replies = ['alice', 'bob'].map((name) => ({ headers, body: `for ${name}` }))
    const site = originAt(open(), replies)
    const of = (cookie: string) => site.get('/me', { headers: { authorization: 'Basic of-all', cookie } })
    await of('session=of-alice')
    expect((await of('session=of-bob')).body).toBe('for bob')
  })

  test('nor is he told by the date of his own, older page that he has that of another', async () => {
    const site = originAt(open(), [{ headers: { ...modified(1000), 'cache-control': 'no-cache' } }])
    await site.get('/me', { headers: { cookie: 'session=of-alice' } })
    await site.get('/me', { headers: { cookie: 'session=of-bob' } })
    expect(site.asked[1]!.headers.has('if-modified-since')).toBe(false)
  })

  test.each([
    ['is public', { 'cache-control': 'public' }, 'session=of-bob'],
    ['varies on it', { vary: 'Cookie' }, 'session=of-alice'],
  ])('but where it %s', async (_, more, cookie) => {
    const site = originAt(open(), [{ headers: { ...modified(1000), ...more } }])
    await site.get('/page', { headers: { cookie: 'session=of-alice' } })
    expect((await site.get('/page', { headers: { cookie } })).cache).toBe('hit; ttl=100')
  })

  test('not in the safe policy, which has a default of its own', async () => {
    const site = originAt(open(), [{ headers: modified(10_000) }], { policy: 'safe' })
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('what was fresh by heuristics is validated once it is not', async () => {
    const site = originAt(open(), [{ headers: modified(1000) }, { status: 304 }])
    await site.get('/page')
    pass(100)
    expect(await site.get('/page')).toMatchObject({
      body: 'one',
      cache: 'fwd=stale; fwd-status=304; ttl=110; stored',
    })
    expect(site.asked[1]!.headers.get('if-modified-since')).toBe(at(-1000))
  })
})
