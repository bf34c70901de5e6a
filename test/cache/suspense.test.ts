/** JSX that streams: where a component inside `Suspense` throws, Hono ends the body as if it were whole. */
import { type FC, jsx } from 'hono/jsx'
import { renderToReadableStream, Suspense } from 'hono/jsx/streaming'
import { expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('a component inside Suspense that throws', (open) => {
  test('cannot be told from one that does not: skip() in the error handler keeps the page out', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const site = open()
    let failing = true
    const Orders: FC = async () => {
      if (failing) throw new Error('the database went away')
      return jsx('p', {}, 'a kettle')
    }
    site.app.get('/orders', cache(), (c) => {
      const page = jsx(Suspense as FC, { fallback: jsx('i', {}, 'loading') }, jsx(Orders, {}))
      return c.body(
        renderToReadableStream(page, (error) => {
          c.get('cache').skip('broken')
          return String(error)
        }),
      )
    })
    expect((await site.get('/orders')).body).not.toContain('kettle')
    failing = false
    expect((await site.get('/orders')).body).toContain('a kettle')
    const again = await site.get('/orders')
    expect(again.cache).toBe('hit; ttl=60')
    expect(again.body).toContain('a kettle')
    expect(site.transcript()).toEqual([
      'miss GET /orders {reason: uri-miss}',
      'not-stored GET /orders {reason: skipped, detail: broken}',
      'miss GET /orders {reason: uri-miss}',
      'stored GET /orders {seconds: 60}',
      'hit GET /orders {ttl: 60}',
    ])
    log.mockRestore()
  })
})
