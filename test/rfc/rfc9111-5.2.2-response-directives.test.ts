/** RFC 9111 §5.2.2, Response Directives, as far as they say how what is stored may be used. */
import { expect, test } from 'vitest'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

onBothStores('RFC 9111 §5.2.2', (open) => {
  test.each(['no-cache', 'no-cache="x-id"'])(
    '%s: stored, and validated before each use',
    async (directive) => {
      const headers = { ...fresh(60, `, ${directive}`), etag: '"v1"' }
      const site = originAt(open(), [{ headers }, { status: 304 }])
      await site.get('/page')
      expect(await site.get('/page')).toMatchObject({ body: 'one' })
      expect(await site.get('/page')).toMatchObject({ body: 'one' })
      expect(site.asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"v1"', '"v1"'])
    },
  )

  test('no-cache without a validator is of no use, and not stored', async () => {
    const site = originAt(open(), [{ headers: fresh(60, ', no-cache') }])
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=not-fresh')
  })

  test('no-cache and private keep a response out of the safe policy, no-store even where it must be understood', async () => {
    for (const [directives, reason] of [
      ['no-cache', 'no-cache'],
      ['private', 'private'],
      ['no-store, must-understand', 'no-store'],
    ]) {
      const headers = { ...fresh(60, `, ${directives}`), etag: '"v1"' }
      const site = originAt(open(), [{ headers }], { policy: 'safe', expire: 60 })
      expect((await site.get('/page')).cache).toBe(`fwd=uri-miss; detail=${reason}`)
    }
  })

  test.each(['must-revalidate', 'proxy-revalidate', 's-maxage=60', 'no-cache'])(
    '%s: never stale, neither while it is refreshed nor on an error',
    async (directive) => {
      const stale = 'stale-while-revalidate=600, stale-if-error=600'
      const reply = { headers: { ...fresh(60, `, ${directive}, ${stale}`), etag: '"v1"' } }
      const options = { staleWhileRevalidate: 600, staleIfError: 600 }
      const site = originAt(open(), [reply, { status: 500 }, { error: new Error('down') }], options)
      await site.get('/page')
      pass(61)
      expect((await site.get('/page')).status).toBe(500)
      expect((await site.get('/page')).status).toBe(500)
      expect(site.asked).toHaveLength(3)
    },
  )

  test('nor is it kept for longer than it is fresh, where nothing can confirm it', async () => {
    const windows = { staleWhileRevalidate: 600, staleIfError: 900, etag: false }
    const site = originAt(open(), [{ headers: fresh(60, ', must-revalidate') }], windows)
    await site.get('/page')
    expect(site.events.at(-1)).toMatchObject({ type: 'stored', seconds: 60 })
  })

  test('without one of them it is stale there: the test above can fail', async () => {
    const reply = { headers: fresh(60, ', stale-if-error=600') }
    const site = originAt(open(), [reply, { status: 500 }])
    await site.get('/page')
    pass(61)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'one' })
  })

  test('must-revalidate says nothing of what is fresh', async () => {
    const site = originAt(open(), [{ headers: fresh(60, ', must-revalidate') }])
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })
})
