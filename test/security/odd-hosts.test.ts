/** A host that is none reaches the app on Node, Deno and Bun: it gets no error that it would not get without the cache. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'

test.each(['POST', 'DELETE'])(
  '%s at a host that no URL has clears its path, as at any other',
  async (method) => {
    const site = openSite({ store: memoryStore() })
    let stock = 1
    site.app.use('/shop/*', cache({ policy: 'standard', expire: 60 }))
    site.app.get('/shop/lamp', (c) => c.text(`${stock} lamps`))
    site.app.on(['POST', 'DELETE'], '/shop/lamp', (c) => {
      stock = 0
      return c.text('sold')
    })
    expect(await site.get('/shop/lamp')).toMatchObject({ body: '1 lamps' })

    const server = serve({ fetch: site.app.fetch, hostname: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const sale = request({ port, method, path: '/shop/lamp', headers: { host: '1.2.3.999' } }).end()
    const [answer] = await once(sale, 'response')
    answer.resume()
    await once(answer, 'end')
    server.close()

    expect(answer.statusCode).toBe(200)
    expect(await site.get('/shop/lamp')).toMatchObject({ body: '0 lamps', cache: 'fwd=miss; stored' })
  },
)
