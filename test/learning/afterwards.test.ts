/** What middleware above reads after its `next()` is none of the route's, once all of the body is there. */
import type { Handler, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

declare module 'hono' {
  interface ContextVariableMap {
    log: Map<string, string>
  }
}

fakeDate()

const STORED = 'fwd=uri-miss; stored'

const nothing: MiddlewareHandler = (_, next) => next()

test.each<[string, Handler, string[]]>([
  ['json()', (c) => c.json({ page: 1 }), [STORED, 'hit; ttl=60']],
  ['text()', (c) => c.text('page'), [STORED, 'hit; ttl=60']],
  ['html() of a text', (c) => c.html('<p>page</p>'), [STORED, 'hit; ttl=60']],
  ['html() of a template', (c) => c.html(html`<p>page</p>`), [STORED, 'hit; ttl=60']],
  ['a Response that nobody knows', () => new Response('page'), [STORED, STORED]],
])('%s below a logger, and below cors(), for which Hono makes another of each', async (_, handler, told) => {
  for (const above of [nothing, cors()]) {
    const site = openSite({ store: memoryStore() })
    site.app.use(above, async (c, next) => {
      c.set('log', new Map())
      await next()
      c.get('log').set('path', c.req.path)
    })
    site.app.get('/page', cache(), handler)
    expect([(await site.get('/page')).cache, (await site.get('/page')).cache]).toEqual(told)
  }
})
