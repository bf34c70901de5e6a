/**
 * A Context without an app and its routes, as Cloudflare Pages' middleware has one: what answers is another program, which
 * is asked with the platform's own request.
 */

import type { MiddlewareHandler } from 'hono'
import { handleMiddleware } from 'hono/cloudflare-pages'
import { every } from 'hono/combine'
import { expect, test } from 'vitest'
import { type CacheEvent, type CacheOptions, cache, memoryStore, redisCache } from '../../src/index.ts'
import { read } from '../support/site.ts'

function pages() {
  const events: CacheEvent[] = []
  const pending: Promise<unknown>[] = []
  const opened = redisCache({ store: memoryStore(), onEvent: (event) => void events.push(event) })
  const ask = async (middleware: MiddlewareHandler, user: string, headers: Record<string, string> = {}) => {
    const request = new Request('http://localhost/page', { headers: { cookie: user } })
    const response = await handleMiddleware(every(opened, middleware))({
      request,
      env: {},
      next: async () => new Response(`for ${request.headers.get('cookie')}`, { headers }),
      waitUntil: (promise: Promise<unknown>) => void pending.push(promise),
      passThroughOnException() {},
    } as unknown as Parameters<ReturnType<typeof handleMiddleware>>[0])
    const answer = await read(response)
    await Promise.all(pending)
    return answer
  }
  return { events, ask }
}

test('is not cached, since nobody sees what that reads, and the event says so', async () => {
  const { events, ask } = pages()
  for (const user of ['alice', 'bob']) {
    expect(await ask(cache(), user)).toMatchObject({
      status: 200,
      body: `for ${user}`,
      cache: 'fwd=bypass; detail=configuration',
    })
  }
  expect(events[0]).toMatchObject({
    type: 'bypass',
    reason: 'configuration',
    route: '',
    detail: expect.stringContaining('nobody can see what is read of the request'),
  })
})

test.each<CacheOptions>([{ policy: 'standard' }, { autoVary: false }])(
  'with %o it is, as its response says',
  async (options) => {
    const { ask } = pages()
    const fresh = { 'cache-control': 'max-age=60' }
    const varying = { ...fresh, vary: 'cookie' }
    const page = cache(options)
    expect((await ask(page, 'alice', varying)).body).toBe('for alice')
    expect((await ask(page, 'bob', varying)).body).toBe('for bob')
    const shared = cache({ ...options, namespace: 'shared' })
    expect((await ask(shared, 'alice', fresh)).cache).toBe('fwd=uri-miss; stored')
    expect((await ask(shared, 'bob', fresh)).body).toBe('for alice')
  },
)

test('can clear', async () => {
  const { events, ask } = pages()
  const clear: MiddlewareHandler = async (c) => c.json(await c.get('cache').clear({ path: '/page' }))
  expect((await ask(clear, 'alice')).body).toBe('true')
  expect(events).toMatchObject([{ type: 'clear', route: '' }])
})
