/** What the handlers that run again are given: a request and a Context of their own, with what was there. */
import { type ExecutionContext, type Handler, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { matchedRoutes, routePath } from 'hono/route'
import { validator } from 'hono/validator'
import { describe, expect, test } from 'vitest'
import { hasBegun, replay } from '../../../src/miss/replay.ts'
import { fieldsAbove } from '../../../src/miss/run.ts'
import { type App, again, requestOf, staged, tell } from './stage.ts'

describe('the request', () => {
  test('is a GET where the client asked for HEAD', async () => {
    const { both } = staged((here) => new Hono().get('/:id', here(), (c) => c.text(c.req.param('id'))))
    expect(await both('/7', { method: 'HEAD' })).toBe('7')
  })

  test.each(['POST', 'QUERY'])('has its body, read or not: %s', async (method) => {
    const read: MiddlewareHandler = async (c, next) => {
      await c.req.json()
      await next()
    }
    const { both } = staged((here) =>
      new Hono()
        .use('/read', read)
        .on(method, ['/read', '/unread'], here(), async (c) => c.json([await c.req.json(), c.req.query()])),
    )
    const init = { method, body: '{"q":"é"}', headers: { 'content-type': 'application/json' } }
    expect(await both('/read?a=1', init)).toBe('[{"q":"é"},{"a":"1"}]')
    expect(await both('/unread?a=1', init)).toBe('[{"q":"é"},{"a":"1"}]')
  })

  test('is the new one, with what was added to it', async () => {
    const { early } = staged((here) =>
      new Hono().get('/', here(), (c) => c.text(c.req.header('if-none-match') ?? 'none')),
    )
    const answered = await early('/', { headers: { 'if-none-match': '"of the client"' } })
    const request = new Request('http://localhost/', { headers: { 'if-none-match': '"of the entry"' } })
    const { told, c } = await again(answered, request)
    expect(told.body).toBe('"of the entry"')
    expect(c.req.raw).toBe(request)
  })

  test('has what validators above have made of the old one, and what those below make of it', async () => {
    const sent = {
      method: 'POST',
      headers: { cookie: 'a=1', 'x-n': '2', 'content-type': 'application/json' },
    }
    const all = ['query', 'param', 'header', 'cookie'] as const
    const made = (target: string) => (value: unknown) => ({ target, value })
    const { both } = staged((here) => {
      const above = all.map((target) => validator(target, made(target)))
      return new Hono().use('/:id', ...above).post(
        '/:id',
        validator('json', (value) => ({ checked: value })),
        here(),
        validator('param', (value, c) => ({ below: value, above: c.req.valid('param' as never) })),
        (c) => c.json(['json', 'form', ...all].map((target) => c.req.valid(target as never) ?? null)),
      )
    })
    const [json, form, query, param, header, cookie] = JSON.parse(
      await both('/7?q=1', { ...sent, body: '{"n":1}' }),
    )
    expect([json, form, query, param, cookie]).toEqual([
      { checked: { n: 1 } },
      null,
      { target: 'query', value: { q: '1' } },
      { below: { id: '7' }, above: { target: 'param', value: { id: '7' } } },
      { target: 'cookie', value: { a: '1' } },
    ])
    expect(header.value).toMatchObject({ 'x-n': '2' })
  })

  test('has the form that a validator above has read', async () => {
    const form = validator('form', ({ name }) => ({ name: `checked ${name}` }))
    const { both } = staged((here) =>
      new Hono().post('/', form, here(), async (c) => c.json([c.req.valid('form'), await c.req.parseBody()])),
    )
    const body = new URLSearchParams({ name: 'é' })
    expect(await both('/', { method: 'POST', body })).toBe('[{"name":"checked é"},{"name":"é"}]')
  })
})

describe('the Context', () => {
  const context = (pending: Promise<unknown>[]): ExecutionContext => ({
    waitUntil: (promise) => pending.push(promise),
    passThroughOnException() {},
    props: {},
  })

  test('has the environment and the execution context of the first one', async () => {
    const pending: Promise<unknown>[] = []
    const env = { NAME: 'bound' }
    const { early } = staged((here) =>
      new Hono().get('/', here(), (c) => {
        c.executionCtx.waitUntil(Promise.resolve('behind'))
        return c.text((c.env as typeof env).NAME)
      }),
    )
    const { told, c } = await again(await early('/', {}, env, context(pending)))
    expect(told.body).toBe('bound')
    expect(c.env).toBe(env)
    expect(await Promise.all(pending)).toEqual(['behind'])
  })

  test('has no execution context where the first one had none', async () => {
    const { early } = staged((here) => new Hono().get('/', here(), (c) => c.text('x')))
    const { c } = await again(await early('/'))
    expect(() => c.executionCtx).toThrow('no ExecutionContext')
  })

  test('has the variables that were set above, and shares none that are set later', async () => {
    const hidden = Symbol('hidden')
    const { early } = staged((here) => {
      const app: App = new Hono()
      app.use(async (c, next) => {
        c.set('user', { id: 1 })
        c.set('nothing', undefined)
        c.set(hidden as never, 'seen' as never)
        await next()
      })
      app.get('/', here(), (c) => {
        const before = Object.keys(c.var)
        c.set('user', 'of the second')
        c.set('new', 'of the second')
        return c.json([before, c.get(hidden as never)])
      })
      return app
    })
    const answered = await early('/')
    const running = again(answered)
    answered.c.set('late', 'of the first')
    const { told, c } = await running
    expect(JSON.parse(told.body)).toEqual([['user', 'nothing'], 'seen'])
    expect(answered.c.var).toMatchObject({ user: { id: 1 }, late: 'of the first' })
    expect(answered.c.get('new')).toBeUndefined()
    expect(c.get('late')).toBeUndefined()
  })

  test('has the status that was set above', async () => {
    const { both } = staged((here) => {
      const teapot: MiddlewareHandler = async (c, next) => {
        c.status(418)
        await next()
      }
      return new Hono().get('/', teapot, here(), (c) => c.text('short and stout'))
    })
    expect(await both('/')).toBe('short and stout')
  })

  test('of the first request stays as it was, its answer too', async () => {
    const { early } = staged((here) =>
      new Hono().get('/:id', here(), (c) => {
        c.header('x-second', 'yes')
        c.status(201)
        c.setRenderer(() => c.text('rendered'))
        c.req.addValidatedData('param', {})
        return c.text('second')
      }),
    )
    const answered = await early('/7')
    const { c, routeIndex } = answered
    const members = () => [Object.getOwnPropertyDescriptors(c), Object.getOwnPropertyDescriptors(c.req)]
    const [before, { res, req, finalized }] = [members(), c]
    // Wherever the first request is by now.
    req.routeIndex = 5
    await again(answered)
    expect(req.routeIndex).toBe(5)
    req.routeIndex = routeIndex
    expect(members()).toEqual(before)
    expect([c.res === res, c.req === req, c.finalized]).toEqual([true, true, finalized])
    expect(c.error).toBeUndefined()
    expect(req.valid('param' as never)).toBeUndefined()
    expect(await tell(c.res)).toMatchObject({ status: 200, body: 'early' })
    expect(c.res.headers.has('x-second')).toBe(false)
    expect(c.newResponse(null).status).toBe(200)
    expect(await tell(await c.render('plain'))).toMatchObject({ body: 'plain' })
  })

  test('is a new one each time, however many run at once and however long after the answer', async () => {
    const gates: (() => void)[] = []
    let runs = 0
    const { early } = staged((here) =>
      new Hono().use('/:a/*', here()).get('/:a/:b', async (c) => {
        const run = ++runs
        c.set('run' as never, run as never)
        await new Promise<void>((open) => gates.push(open))
        return c.json([run, c.get('run' as never), c.req.param()])
      }),
    )
    const [first, second] = [await early('/1/x'), await early('/2/y')]
    expect(await first.c.res.text()).toBe('early')
    const running = [first, second, first].map((answered) => again(answered))
    while (gates.length < 3) await Promise.resolve()
    for (const open of gates.reverse()) open()
    const told = await Promise.all(running)
    expect(told.map(({ told }) => JSON.parse(told.body))).toEqual([
      [1, 1, { a: '1', b: 'x' }],
      [2, 2, { a: '2', b: 'y' }],
      [3, 3, { a: '1', b: 'x' }],
    ])
    expect(new Set(told.map(({ c }) => c)).size).toBe(3)
  })

  test('can itself be told where it is, for whoever runs in our place', async () => {
    const { early } = staged((here) => {
      const app: App = new Hono()
      app.use(async (c, next) => {
        c.set('user', 'Ada')
        await next()
      })
      return app.get('/:a/*', here()).get('/:a/:b', (c) => c.text('b'))
    })
    const answered = await early('/1/2')
    const seen: unknown[] = []
    await replay(answered.c, answered.routeIndex, {
      ...answered,
      request: requestOf(answered),
      async run(c, next) {
        seen.push(c.req.routeIndex, c.req.param(), c.get('user'), routePath(c), matchedRoutes(c))
        await next()
      },
    })
    const routes = matchedRoutes(answered.c)
    expect(seen).toEqual([1, { a: '1' }, 'Ada', '/:a/*', routes])
    expect((seen[4] as typeof routes).every((route, at) => route === routes[at])).toBe(true)
  })
})

describe('the response that middleware above has prepared', () => {
  const setting: MiddlewareHandler = async (c, next) => {
    for (const cookie of ['a=1', 'b=2']) c.header('set-cookie', cookie, { append: true })
    await next()
  }
  const begin: MiddlewareHandler = async (c, next) => {
    c.res.headers.set('x-begun', 'yes')
    await next()
  }
  /** The field reaches a Response that Hono has not made only where middleware above has begun one. */
  const ownHeader: Handler = (c) => {
    c.header('x-mine', 'yes')
    return new Response('of the platform')
  }

  test.each<[string, MiddlewareHandler[], string | undefined]>([
    ['begun above, as cors() does', [cors()], 'yes'],
    ['begun above, with cookies', [setting, begin], 'yes'],
    ['not begun above', [setting], undefined],
  ])('is %s', async (_, above, mine) => {
    const { both, early } = staged((here) => new Hono().use(...above).get('/', here(), ownHeader))
    expect(await both('/')).toBe('of the platform')
    const { told, c } = await again(await early('/'))
    expect(told.headers['x-mine']).toBe(mine)
    expect(c.res.headers.getSetCookie()).toEqual(above.includes(begin) ? ['a=1', 'b=2'] : [])
  })

  test('is as it was once it is known whether it was begun', async () => {
    const app = (asks: boolean) => {
      const ask: MiddlewareHandler = async (c, next) => {
        if (asks) hasBegun(c, fieldsAbove(c))
        await next()
      }
      return new Hono()
        .use('/begun', begin)
        .use(setting, ask)
        .get('/:any/json', (c) => c.json({}))
        .get('/:any', ownHeader)
    }
    for (const path of ['/begun', '/other', '/begun/json', '/other/json']) {
      const [asked, plain] = await Promise.all([true, false].map((asks) => app(asks).request(path)))
      expect(await tell(asked!)).toEqual(await tell(plain!))
    }
  })
})
