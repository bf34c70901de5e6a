/**
 * The rest of a route, run again behind an answer: each runtime has a Request, a Response and streams of its own.
 */
import { Hono, type MiddlewareHandler } from 'hono'
import { canReplay, hasBegun, replay } from '../../../src/miss/replay.ts'
import { markAsOurs } from '../../../src/request/innermost.ts'
import type { Scenario } from '../stage.ts'

export const replays: Readonly<Record<string, Scenario>> = {
  'the rest of a route, run again': async ({ note }) => {
    const running: Promise<unknown>[] = []
    const early: MiddlewareHandler = async (c) => {
      const { routeIndex } = c.req
      const raw = c.req.raw.clone()
      note(canReplay(c, routeIndex, early))
      const above = new Headers(c.newResponse(null).headers)
      const begun = hasBegun(c, above)
      note(begun)
      c.res = c.newResponse('early')
      const again = replay(c, routeIndex, {
        above,
        begun,
        request: new Request(raw.url, {
          method: raw.method,
          headers: raw.headers,
          body: raw.method === 'GET' ? null : await raw.text(),
        }),
        async run(inner, next) {
          await next()
          const { status, headers } = inner.res
          note([status, headers.get('x-below'), headers.get('content-type'), await inner.res.clone().text()])
        },
      })
      running.push(again.catch((error: unknown) => note(String(error))))
    }
    markAsOurs(early)
    const app = new Hono<{ Variables: { user: string } }>()
    app.use(async (c, next) => {
      c.set('user', 'Ada')
      c.header('x-above', 'yes')
      await next()
    })
    app.use('/:tenant/*', early, async (c, next) => {
      const { tenant = '' } = c.req.param() as { tenant?: string }
      await next()
      c.res.headers.set('x-below', encodeURIComponent(tenant))
    })
    app.get('/:owner/items/:id', (c) => c.json([c.req.param(), c.get('user'), c.req.path]))
    app.post('/:owner/items/:id', async (c) =>
      c.body(await c.req.text(), 201, { 'content-type': 'text/csv' }),
    )
    app.get('/:owner/stream', (c) => {
      let left = 3
      const body = new ReadableStream<Uint8Array>({
        pull(on) {
          if (left-- === 0) on.close()
          else on.enqueue(new TextEncoder().encode(`${left};`))
        },
      })
      return c.body(body, 200, { 'content-type': 'text/plain' })
    })
    app.get('/:owner/fails', () => {
      throw new Error('failed')
    })

    for (const [path, init] of [
      ['/a%2Fb/items/caf%C3%A9', {}],
      ['/寿司/items/100%25?q=1', {}],
      ['/a/items/1', { method: 'POST', body: 'Grüße 🍣' }],
      ['/a/stream', {}],
      ['/a/fails', {}],
      ['/a/nothing', {}],
    ] as const) {
      const response = await app.request(`http://localhost${path}`, init)
      await Promise.all(running.splice(0))
      note([await response.text(), response.headers.get('x-above'), response.headers.get('x-below')])
    }
  },
}
