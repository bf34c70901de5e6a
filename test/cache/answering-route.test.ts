/** A `cache()` acts unless another one will: one that stands behind the route that answers never runs. */

import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores } from '../support/stores.ts'

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
})
