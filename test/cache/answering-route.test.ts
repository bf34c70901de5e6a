/** A `cache()` acts unless another one will: one that stands behind the route that answers never runs. */

import { routePath } from 'hono/route'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores, pass } from '../support/stores.ts'

onBothStores('routes that match one URL', (open) => {
  test("a group's cache() does not step aside for a route behind the one that answers", async () => {
    const site = open()
    site.app.use('/p/*', cache({ expire: 10 }))
    site.app.get('/p/search', (c) => c.text('found'))
    site.app.get('/p/:id', cache({ expire: 20 }), (c) => c.text(c.req.param('id')))
    await site.get('/p/search')
    expect(await site.get('/p/search')).toMatchObject({ body: 'found', cache: 'hit; ttl=10' })
    await site.get('/p/1')
    expect(await site.get('/p/1')).toMatchObject({ body: '1', cache: 'hit; ttl=20' })
  })

  test('events name the route that answers', async () => {
    const site = open()
    site.app.get('/p/search', cache(), (c) => c.text('found'))
    site.app.get('/p/:id', (c) => c.text(c.req.param('id')))
    await site.get('/p/search')
    expect(site.events.map(({ type, route }) => `${type} ${route}`)).toEqual([
      'miss /p/search',
      'handled /p/search',
      'stored /p/search',
    ])
  })

  test('middleware above finds the path and the parameters of the route that answers, on a hit as well', async () => {
    const site = open()
    const seen: unknown[] = []
    site.app.use(async (c, next) => {
      await next()
      seen.push([routePath(c), c.req.param('id')])
    })
    site.app.use('/p/*', cache({ expire: 60, staleWhileRevalidate: 60 }))
    site.app.get(
      '/p/:id',
      async (_, next) => next(),
      (c) => c.text(c.req.param('id')),
    )
    site.app.get('*', (c) => c.text('not found'))
    const answers = []
    for (const seconds of [0, 1, 60]) {
      pass(seconds)
      answers.push((await site.get('/p/1')).cache)
    }
    expect(answers).toEqual(['fwd=uri-miss; stored', 'hit; ttl=59', 'hit; ttl=-1'])
    expect(seen).toEqual(Array(3).fill(['/p/:id', '1']))
    expect(await site.get('/p/1')).toMatchObject({ body: '1', cache: 'hit; ttl=60' })
  })
})
