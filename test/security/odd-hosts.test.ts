/** A host that is none reaches the app on Node, Deno and Bun: it gets no error that it would not get without the cache. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite, type Site } from '../support/site.ts'

/** The status that a request gets at a host that no URL has. */
async function statusAtNoHost(site: Site, method: string): Promise<number | undefined> {
  const server = serve({ fetch: site.app.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const asking = request({ port, method, path: '/shop/lamp', headers: { host: '1.2.3.999' } }).end()
  const [answer] = await once(asking, 'response')
  answer.resume()
  await once(answer, 'end')
  server.close()
  return answer.statusCode
}

test('a GET there is answered past the cache, and whoever runs the app is not told that a callback was wrong', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/shop/lamp', cache(), (c) => c.text('1 lamp'))
  expect(await statusAtNoHost(site, 'GET')).toBe(200)
  expect(site.transcript()).toEqual([
    'bypass GET /shop/lamp {reason: configuration, detail: keyBuilder, tags or an invalid Host threw TypeError}',
  ])
})

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
    expect(await statusAtNoHost(site, method)).toBe(200)
    expect(await site.get('/shop/lamp')).toMatchObject({ body: '0 lamps', cache: 'fwd=miss; stored' })
  },
)
