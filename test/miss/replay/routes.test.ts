/** Which handlers run again, and with which parameters: those of the request, whatever router found them. */
import { Hono, type MiddlewareHandler } from 'hono'
import { createFactory } from 'hono/factory'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, test } from 'vitest'
import { again, always, noting, staged, whereabouts } from './stage.ts'

const ROUTERS = {
  RegExpRouter: () => new RegExpRouter<never>(),
  TrieRouter: () => new TrieRouter<never>(),
  LinearRouter: () => new LinearRouter<never>(),
  PatternRouter: () => new PatternRouter<never>(),
  SmartRouter: () => new SmartRouter<never>({ routers: [new RegExpRouter(), new TrieRouter()] }),
}

describe.each(Object.entries(ROUTERS))('parameters, as %s gives them', (name, router) => {
  const rest = (register: (app: Hono, here: () => MiddlewareHandler) => void) =>
    staged((here) => {
      const app = new Hono({ router: router() })
      register(app, here)
      return app
    })

  test('are those of each route, not those of ours', async () => {
    const { both } = rest((app, here) => {
      // LinearRouter takes no wildcard beside a parameter, RegExpRouter no two names for one place.
      const linear = name === 'LinearRouter'
      app.use(linear ? '/:tenant/:kind/:item' : '/:tenant/*', here())
      app.use(linear ? '/:shop/items/:item' : '/:shop/items/*', noting)
      app.get('/:owner/items/:id', whereabouts)
    })
    const { param, above, index } = JSON.parse(await both('/acme/items/7'))
    expect(param).toEqual({ owner: 'acme', id: '7' })
    expect(JSON.parse(decodeURI(above))).toMatchObject({ shop: 'acme' })
    expect(index).toBe(2)
  })

  test.each([
    ['/items/a%2Fb', 'a/b'],
    ['/items/a%2fb', 'a/b'],
    ['/items/caf%C3%A9', 'café'],
    ['/items/寿司', '寿司'],
    ['/items/%F0%9F%8D%A3', '🍣'],
    ['/items/100%25', '100%'],
    ['/items/%252F', '%2F'],
    ['/items/%25252F', '%252F'],
    ['/items/%FF', '%FF'],
    ['/items/50%-off', '50%-off'],
    ['/items/a%3Fb%23c', 'a?b#c'],
    ['/items/a+b%20c', 'a+b c'],
    ['/items/__proto__', '__proto__'],
  ])('are decoded once and not twice: %s', async (path, id) => {
    const { both } = rest((app, here) => {
      app.use('/items/*', here())
      app.use('/items/:id', noting)
      app.get('/items/:id', whereabouts)
    })
    expect(JSON.parse(await both(path)).param).toEqual({ id })
  })

  test('may be of regular expressions', async () => {
    const { both } = rest((app, here) => {
      app.use('*', here())
      app.get('/posts/:year{[0-9]+}/:slug{[a-z-]+}', whereabouts)
    })
    expect(JSON.parse(await both('/posts/2030/first-of-all')).param).toEqual({
      year: '2030',
      slug: 'first-of-all',
    })
  })
})

describe('routes', () => {
  test('with an optional parameter, there or not', async () => {
    const { both } = staged((here) => new Hono().get('/api/:version?', here(), whereabouts))
    expect(JSON.parse(await both('/api/v1')).param).toEqual({ version: 'v1' })
    expect(JSON.parse(await both('/api')).param).toEqual({})
  })

  test('with parameters in the path of a middleware, and wildcards', async () => {
    const { both } = staged((here) =>
      new Hono()
        .use('*', here())
        .use('/:tenant/*', always)
        .use('/*/files/*', noting)
        .get('/:owner/files/:bucket/*', whereabouts),
    )
    const { param, above } = JSON.parse(await both('/a%2Fb/files/c%2525/deep/er'))
    expect(param).toEqual({ owner: 'a/b', bucket: 'c%25' })
    expect(JSON.parse(decodeURI(above))).toEqual({})
  })

  test('with a parameter of several segments', async () => {
    const { both } = staged((here) => new Hono().get('/files/:path{.+}', here(), whereabouts))
    expect(JSON.parse(await both('/files/a/b%2Fc/d')).param).toEqual({ path: 'a/b/c/d' })
  })

  test('below base paths and routes with parameters', async () => {
    const { both } = staged((here) => {
      const items = new Hono().get('/:id', here(), whereabouts)
      const shop = new Hono().use(always).route('/items', items)
      return new Hono().basePath('/v1').route('/:shop', shop)
    })
    const told = JSON.parse(await both('/v1/caf%C3%A9/items/7'))
    expect(told).toMatchObject({
      param: { shop: 'café', id: '7' },
      base: ['/v1/:shop/items', '/v1/café/items'],
    })
  })

  test('registered with on() and all(), for each of their methods', async () => {
    const { both } = staged((here) =>
      new Hono()
        .on(['GET', 'PURGE'], ['/on', '/on/:id'], here(), whereabouts)
        .all('/all/:id', here(), (c) => c.text(`${c.req.method} ${c.req.param('id')}`)),
    )
    expect(JSON.parse(await both('/on/1', { method: 'PURGE' })).param).toEqual({ id: '1' })
    expect(await both('/all/2', { method: 'DELETE' })).toBe('DELETE 2')
  })

  test('with several handlers in one registration, ours in the middle', async () => {
    const order: string[] = []
    const mark =
      (name: string): MiddlewareHandler =>
      async (_, next) => {
        order.push(`${name} in`)
        await next()
        order.push(`${name} out`)
      }
    const { early } = staged((here) =>
      new Hono().get('/', mark('above'), here(), mark('below'), mark('last'), (c) => c.text('told')),
    )
    const answered = await early('/')
    expect(order.splice(0)).toEqual(['above in', 'above out'])
    expect((await again(answered)).told.body).toBe('told')
    expect(order).toEqual(['below in', 'last in', 'last out', 'below out'])
  })

  test('made by a factory', async () => {
    const factory = createFactory()
    const { both } = staged((here) => {
      const below = factory.createMiddleware(async (c, next) => {
        await next()
        c.res.headers.set('x-below', 'made')
      })
      return new Hono().get('/:id', ...factory.createHandlers(here(), below, (c) => whereabouts(c)))
    })
    expect(JSON.parse(await both('/9')).param).toEqual({ id: '9' })
  })

  test('of an app that is mounted, with ours above it and in it', async () => {
    const inner = (handlers: MiddlewareHandler[]) =>
      new Hono().use('*', ...handlers).get('/in/:id', (c) => c.text(`${c.req.path} ${c.req.param('id')}`))
    const above = staged((here) => new Hono().use(here()).mount('/app', inner([]).fetch))
    expect(await above.both('/app/in/a%2Fb')).toBe('/in/a%2Fb a/b')
    const within = staged((here) => new Hono().mount('/app', inner([here()]).fetch))
    expect(await within.both('/app/in/a%2Fb')).toBe('/in/a%2Fb a/b')
  })

  test.each(['/a%2Fb/app/in/1', '/a/b/app/in/1', '/caf%C3%A9/app/in/1', '/%3F%23%25/app/in/1'])(
    'mounted below a parameter whose length counts: %s',
    async (path) => {
      const inner = new Hono().all('*', (c) => c.text(c.req.path))
      const { both } = staged((here) => new Hono().use(here()).mount('/:any{.+}/app', inner.fetch))
      expect(await both(path)).toBe('/in/1')
    },
  )

  test('of an app with paths of its own making', async () => {
    const { both } = staged((here) =>
      new Hono({ getPath: (request) => `/host/${request.headers.get('x-host')}` }).get(
        '/host/:name',
        here(),
        whereabouts,
      ),
    )
    const told = JSON.parse(await both('/anything', { headers: { 'x-host': 'a.example' } }))
    expect(told).toMatchObject({ path: '/host/a.example', param: { name: 'a.example' } })
    const lenient = staged((here) => new Hono({ strict: false }).get('/x', here(), whereabouts))
    expect(JSON.parse(await lenient.both('/x/')).path).toBe('/x')
  })
})
