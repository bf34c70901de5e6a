/** The key covers whatever chose the route: also where that is not the URL. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'

function appOf(getPath: ((request: Request) => string) | undefined) {
  const pending: Promise<unknown>[] = []
  const app = new Hono({ ...(getPath && { getPath }) })
  app.use(redisCache({ store: memoryStore(), onEvent() {}, waitUntil: (work) => pending.push(work) }))
  const ask = async (path: string, headers: Record<string, string>) => {
    const body = await (await app.request(path, { headers })).text()
    await Promise.all(pending.splice(0))
    return body
  }
  return { app, ask }
}

test('a tenant that getPath takes from a header does not get the page of another', async () => {
  const { app, ask } = appOf(
    (request) => `/${request.headers.get('x-tenant')}${new URL(request.url).pathname}`,
  )
  app.get('/:tenant/page', cache(), (c) => c.text(`for ${c.req.param('tenant')}`))
  for (const tenant of ['a', 'b', 'a'])
    expect(await ask('/page', { 'x-tenant': tenant })).toBe(`for ${tenant}`)
})

test.each(['/q/', '/%71'])(
  'a tenant whose path is nearly that of the URL, as of %s, keeps it',
  async (path) => {
    const { app, ask } = appOf((request) => {
      const tenant = request.headers.get('x-tenant')
      return tenant ? `/${tenant}` : new URL(request.url).pathname
    })
    app.get('/q', cache(), (c) => c.text('for q'))
    app.get('*', cache(), (c) => c.text('for everybody'))
    expect(await ask(path, { 'x-tenant': 'q' })).toBe('for q')
    expect(await ask(path, {})).toBe('for everybody')
  },
)

test('a phone does not get the page of another route', async () => {
  const { app, ask } = appOf((request) =>
    /phone/.test(request.headers.get('user-agent') ?? '') ? '/small' : '/large',
  )
  app.get('/small', cache(), (c) => c.text('small'))
  app.get('/large', cache(), (c) => c.text('large'))
  for (const agent of ['phone', 'desktop', 'phone']) {
    expect(await ask('/page', { 'user-agent': agent })).toBe(agent === 'phone' ? 'small' : 'large')
  }
})

test.each(['/users/%2e%2e/about', '/users/../about', '/users/x\\..\\..\\about'])(
  'a path that its platform hands on as it came, as Deno does with %s, is not that of the page which it resolves to',
  async (path) => {
    const { app, ask } = appOf(undefined)
    app.get('/users/*', cache(), (c) => c.text('of a user'))
    app.get('/about', cache(), (c) => c.text('about'))
    const url = `http://localhost${path}`
    const answer = await app.fetch(Object.defineProperty(new Request(url), 'url', { value: url }))
    expect(await answer.text()).toBe('of a user')
    expect(await ask('/about', {})).toBe('about')
  },
)
