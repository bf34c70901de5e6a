/** One page, kept by Hono's own `cache` in the platform's Cache API, and by this package, on whichever runtime. */

import { Hono } from 'hono'
import { cache as honoCache } from 'hono/cache'
import { cache, redisCache } from 'hono-redis-cache'

export interface Opening {
  readonly url: string
  readonly token: string
  readonly body: string
}

function open({ url, token, body }: Opening): Hono {
  const app = new Hono()
  const headers = { 'content-type': 'application/json' }
  app.get('/bare', (c) => c.body(body, 200, headers))
  app.get('/hono', honoCache({ cacheName: 'bench', cacheControl: 'max-age=3600', wait: true }), (c) =>
    c.body(body, 200, headers),
  )
  app.use('/redis', redisCache({ url, token }))
  app.use('/near', redisCache({ url, token, near: { seconds: 3600 } }))
  for (const path of ['/redis', '/near']) {
    app.get(path, cache({ expire: 3600, awaitStore: true }), (c) => c.body(body, 200, headers))
  }
  return app
}

let app: Hono | undefined

export default {
  async fetch(request: Request, ...more: never[]): Promise<Response> {
    if (request.method === 'POST') app = open((await request.json()) as Opening)
    return app && request.method === 'GET' ? app.fetch(request, ...more) : Response.json({ opened: true })
  },
}
