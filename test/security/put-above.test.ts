/**
 * What middleware above puts where the route finds it: under names that are no strings, and on the Context, its request
 * or the Request itself, past `c.set()`. Whichever way it is put there, nobody is given another's.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'
import { type Attempt, attempt, whoIs } from './attempt.ts'

fakeDate()

const USER = Symbol('user')

async function isTheSame(attempted: Attempt) {
  const { cached, true: expected } = await attempt(attempted)
  expect(cached).toEqual(expected)
  // Else nothing could have gone wrong.
  expect(new Set(expected).size).toBeGreaterThan(1)
}

const setting =
  (name: unknown): MiddlewareHandler =>
  async (c, next) => {
    if (whoIs(c) !== 'nobody') c.set(name as never, whoIs(c) as never)
    await next()
  }

describe('a variable whose name is no string', () => {
  test.each<[string, unknown, (c: Context) => unknown]>([
    ['a symbol, by c.get()', USER, (c) => c.get(USER as never)],
    ['a symbol, by c.var', USER, (c) => (c.var as Record<symbol, unknown>)[USER]],
    ['a symbol, asked for', USER, (c) => USER in c.var],
    ['a number, by c.get()', 7, (c) => c.get(7 as never)],
    ['a number, by c.var', 7, (c) => c.var[7]],
    ['an object', Attempted, (c) => c.get(Attempted as never)],
  ])('%s', async (_, name, read) => {
    await isTheSame({ above: setting(name), handler: (c) => c.text(`for ${read(c)}`) })
  })

  test('true, where c.var has a variable of that name as well', async () => {
    await isTheSame({
      above: async (c, next) => {
        c.set('true', 'somebody')
        c.set(true as never, whoIs(c) as never)
        await next()
      },
      handler: (c) => c.text(`for ${c.var.true}`),
    })
  })

  test('the event says which, and what to do', async () => {
    const { site } = await attempt({ above: setting(USER), handler: (c) => c.json([c.get(USER as never)]) })
    expect(site.events.at(-1)).toMatchObject({
      reason: 'reads-variable',
      detail:
        'the route reads the variable Symbol(user), whose name is no string, so no key can cover it; ' +
        "give it one that is with c.set('name', value)",
    })
  })

  test('one of its own is the business of the route', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), (c) => {
      c.set(USER as never, 'own' as never)
      return c.text(`${c.get(USER as never)} ${(c.var as Record<symbol, unknown>)[USER]}`)
    })
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
      expect(await site.get('/page')).toMatchObject({ body: 'own own', cache: cached })
    }
  })
})

function Attempted() {}

describe('something put past c.set()', () => {
  const places: [string, (c: Context) => object][] = [
    ['c', (c) => c],
    ['c.req', (c) => c.req],
    ['c.req.raw', (c) => c.req.raw],
  ]
  const ways: [string, PropertyKey, (target: object, name: PropertyKey, who: string) => unknown][] = [
    ['assigned', 'user', (target, name, who) => Reflect.set(target, name, who)],
    ['assigned to a symbol', USER, (target, name, who) => Reflect.set(target, name, who)],
    [
      'assigned to one that all share',
      Symbol.for('user'),
      (target, name, who) => Reflect.set(target, name, who),
    ],
    [
      'defined',
      'user',
      (target, name, who) => Object.defineProperty(target, name, { value: who, configurable: true }),
    ],
    ['defined for good', 'user', (target, name, who) => Object.defineProperty(target, name, { value: who })],
    [
      'defined as an accessor',
      'user',
      (target, name, who) => Object.defineProperty(target, name, { get: () => who, configurable: true }),
    ],
    [
      'defined as an accessor for good',
      'user',
      (target, name, who) => Object.defineProperty(target, name, { get: () => who }),
    ],
  ]

  for (const [place, of] of places) {
    // Platforms have symbols of their own on a Request.
    const named = place === 'c.req.raw' ? ways.filter(([, name]) => typeof name === 'string') : ways
    test.each(named)(`${place}: %s`, async (_, name, put) => {
      const attempted: Attempt = {
        above: async (c, next) => {
          c.set('role', 'reader')
          put(of(c), name, whoIs(c))
          await next()
        },
        // Else every request with a header of its own is told apart as soon as its `raw` is taken.
        options: { vary: { vars: ['role'], covers: ['cookie', 'authorization', 'x-user'] } },
        handler: (c) => {
          const target = of(c) as { headers?: Headers }
          const user: unknown = Reflect.get(target, name)
          // A Request of which a header is read is not taken to be handed on.
          target.headers?.get('accept')
          return c.text(`for ${user}`)
        },
      }
      await isTheSame(attempted)
      await isTheSame({ ...attempted, outer: {} })
    })
  }

  test('what Sentry notes on the Context for the handlers that it has wrapped is read by them, and says nothing', async () => {
    const site = openSite({ store: memoryStore() })
    const onStart = Symbol.for('sentry.hono.onRouteHandlerStart')
    const started: string[] = []
    site.app.use(async (c, next) => {
      const value = () => started.push(c.req.path)
      Object.defineProperty(c, onStart, { value, writable: true, configurable: true })
      await next()
    })
    site.app.get('/page', cache(), (c) => {
      Reflect.get(c, onStart)()
      return c.text('made')
    })
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60'])
      expect(await site.get('/page')).toMatchObject({ body: 'made', cache: cached })
    expect(started).toEqual(['/page'])
  })

  test('c.req itself', async () => {
    for (const configurable of [true, false]) {
      await isTheSame({
        above: async (c, next) => {
          const { req } = c
          const user = whoIs(c)
          const get = (_: object, name: string) => {
            if (name === 'user') return user
            const value = Reflect.get(req, name)
            return typeof value === 'function' ? value.bind(req) : value
          }
          Object.defineProperty(c, 'req', { value: new Proxy(req, { get }), configurable })
          await next()
        },
        handler: (c) => c.text(`for ${(c.req as unknown as { user: string }).user}`),
      })
    }
  })

  test.each(['var', 'executionCtx', 'get', 'json'])('c.%s itself, for good', async (name) => {
    await isTheSame({
      above: async (c, next) => {
        const who = whoIs(c)
        const value = Object.assign(() => new Response(`for ${who}`), { user: who })
        Object.defineProperty(c, name, { value, configurable: false, writable: false })
        await next()
      },
      handler: (c) => {
        const member: unknown = Reflect.get(c, name)
        if (name === 'json') return c.json({})
        return c.text(`for ${(member as { user?: string }).user ?? whoIs(c)}`)
      },
    })
  })

  test.each(['var', 'executionCtx'])('c.%s itself, also below another cache()', async (name) => {
    const attempted: Attempt = {
      above: async (c, next) => {
        Object.defineProperty(c, name, { value: { user: whoIs(c) }, configurable: true })
        await next()
      },
      handler: (c) => c.text(`for ${Reflect.get(c, name).user}`),
    }
    await isTheSame(attempted)
    await isTheSame({ ...attempted, outer: {} })
  })

  test('c.req.raw.headers, for good', async () => {
    await isTheSame({
      above: async (c, next) => {
        const headers = new Headers({ 'x-for': whoIs(c) })
        Object.defineProperty(c.req.raw, 'headers', { value: headers })
        Object.defineProperty(headers, 'has', { value: () => false })
        await next()
      },
      handler: (c) => c.text(`for ${c.req.raw.headers.get('x-for')}`),
    })
  })

  test('it can be assigned as it could be without the cache, and is then the business of the route', async () => {
    const log: unknown[] = []
    const app = new Hono()
    app.use(redisCache({ store: memoryStore(), onEvent() {} }))
    app.use(async (c, next) => {
      let kept: unknown = 'above'
      Object.assign(c, { plain: 'above' })
      Object.defineProperty(c, 'accessor', {
        get: () => kept,
        set: (value) => {
          kept = `set ${value}`
        },
        configurable: true,
      })
      Object.defineProperty(c, 'fixed', { value: 'above', configurable: true })
      await next()
      log.push(Reflect.get(c, 'plain'), Reflect.get(c, 'accessor'))
    })
    app.get('/page', cache(), (c) => {
      for (const name of ['plain', 'accessor', 'fixed']) log.push(Reflect.set(c, name, 'below'))
      return c.text(`${Reflect.get(c, 'plain')} ${Reflect.get(c, 'accessor')} ${Reflect.get(c, 'fixed')}`)
    })
    expect(await (await app.request('/page')).text()).toBe('below set below above')
    expect(log).toEqual([true, true, false, 'below', 'set below'])
  })

  test('a route that reads none of it is stored', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.use(async (c, next) => {
      Object.assign(c, { user: 1, [USER]: 2 })
      Object.assign(c.req, { user: 1, header: c.req.header, [USER]: 2 })
      await next()
    })
    site.app.get('/page', cache(), (c) => c.text('page'))
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })

  test('a sealed Context', async () => {
    await isTheSame({
      above: async (c, next) => {
        c.set('user', { id: whoIs(c) })
        Object.seal(c)
        await next()
      },
      handler: (c) => c.text(`for ${(c.get('user') as { id: string }).id}`),
    })
  })
})

test('the order of the members of a variable, where it is what the route gives out', async () => {
  await isTheSame({
    above: async (c, next) => {
      c.set('sort', whoIs(c) === 'alice' ? { price: 1, name: 1 } : { name: 1, price: 1 })
      await next()
    },
    handler: (c) => c.text(JSON.stringify(c.get('sort'))),
  })
})

test('the order of the members of a variable that the route declares', async () => {
  await isTheSame({
    above: async (c, next) => {
      c.set('sort', whoIs(c) === 'alice' ? { price: 1, name: 1 } : { name: 1, price: 1 })
      await next()
    },
    options: { vary: { vars: ['sort'] } },
    handler: (c) => c.text(JSON.stringify(c.get('sort'))),
  })
})
