/** What a route sees and does while it is watched: the same as without a cache. */
import { inspect } from 'node:util'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'

interface App {
  readonly above?: MiddlewareHandler
  readonly handler: (c: Context) => Response | Promise<Response>
  readonly env?: () => object
  readonly executionCtx?: () => object
}

const pass: MiddlewareHandler = (_c, next) => next()

async function answersOf({ above = pass, handler, env, executionCtx }: App, route: MiddlewareHandler) {
  const app = new Hono()
  const pending: Promise<unknown>[] = []
  app.use(redisCache({ store: memoryStore(), onEvent() {}, waitUntil: (work) => pending.push(work) }))
  app.onError((error, c) => c.text(`failed: ${error.message}`, 500))
  app.get('/page', above, route, handler)
  const answers = []
  for (const language of ['de', 'fr', 'de', 'it']) {
    // With a condition the route is given a copy of the request.
    const condition = language === 'it' && { 'if-none-match': '"another"' }
    const init = { headers: { 'accept-language': language, ...condition } }
    const answer = await app.request('/page?q=1', init, env?.(), executionCtx?.() as never)
    answers.push([answer.status, await answer.text()])
    await Promise.all(pending.splice(0))
  }
  return answers
}

const language = (request: Request) => request.headers.get('accept-language')

class SettableEnvironment {
  #language = 'none'
  get request() {
    return this.#language
  }
  set language(language: string) {
    this.#language = language
  }
}

class EventWithoutRequest {
  get request(): never {
    throw new Error('not to be had')
  }
  waitUntil() {}
}

const apps: Readonly<Record<string, App>> = {
  'reads what its host has put on the request': {
    above: async (c, next) => {
      Object.assign(c.req.raw, { context: { language: language(c.req.raw) } })
      await next()
    },
    handler: (c) => c.json((c.req.raw as Request & { context: unknown }).context),
  },
  "hands work to an event that throws where it is asked for its request, as Next's do": {
    executionCtx: () => new EventWithoutRequest(),
    handler: (c) => {
      c.executionCtx.waitUntil(Promise.resolve())
      return c.text(`${c.req.header('accept-language')}`)
    },
  },
  'has bindings that are made when they are asked for': {
    env: () => {
      const opened: string[] = []
      return {
        opened,
        get db() {
          opened.push('db')
          return { load: () => 'a row' }
        },
        get queue(): never {
          throw new Error('not configured')
        },
      }
    },
    handler: (c) => {
      const before = c.env.opened.length
      return c.json([before, c.env.db.load(), c.env.opened.length, Object.keys(c.env)])
    },
  },
  'has an environment that says of no member whether it is there': {
    env: () =>
      new Proxy(
        { region: 'fra1' },
        {
          has() {
            throw new Error('not allowed')
          },
        },
      ),
    handler: (c) => c.text(c.env.region),
  },
  'sets what its environment keeps to itself': {
    env: () => new SettableEnvironment(),
    handler: (c) => {
      c.env.language = language(c.req.raw)
      return c.text(c.env.request)
    },
  },
  'freezes the request': {
    handler: (c) => {
      Object.freeze(c.req.raw)
      Object.freeze(c.req)
      return c.text(`${language(c.req.raw)}`)
    },
  },
  'is given a frozen request': {
    above: async (c, next) => {
      Object.freeze(c.req.raw)
      await next()
    },
    handler: (c) => c.text(`${language(c.req.raw)}`),
  },
  'is given a frozen c.req': {
    above: async (c, next) => {
      Object.freeze(c.req)
      await next()
    },
    handler: (c) => c.text(`${c.req.header('accept-language')} ${c.req.url}`),
  },
  'replaces a method of the request': {
    handler: (c) => {
      const { raw } = c.req
      raw.clone = () => new Request('http://localhost/other')
      return c.text(raw.clone().url)
    },
  },
  'replaces a method of c.req': {
    handler: (c) => {
      const { header } = c.req
      c.req.header = ((name: string) => `own ${Reflect.apply(header, c.req, [name])}`) as typeof header
      return c.text(c.req.header('accept-language') ?? 'none')
    },
  },
  'makes a request of its own': {
    handler: (c) => {
      c.req.raw = new Request('http://localhost/other?q=2', { method: 'PUT' })
      return c.text(`${c.req.url} ${c.req.method} ${c.req.raw.url}`)
    },
  },
  'reads late from a request of its own': {
    handler: (c) => {
      c.req.raw = new Request(c.req.raw, { headers: { 'accept-language': 'ja' } })
      async function* chunks() {
        await new Promise((resolve) => setTimeout(resolve, 5))
        yield new TextEncoder().encode(c.req.header('accept-language'))
      }
      return c.body(chunks() as unknown as ReadableStream)
    },
  },
  'looks at its request through a Proxy of a Proxy': {
    handler: (c) => {
      const deep = <T extends object>(object: T): T =>
        new Proxy(object, {
          get: (target, name, receiver) => {
            const value = Reflect.get(target, name, receiver)
            return typeof value === 'object' && value !== null ? deep(value) : value
          },
        })
      return c.text(deep(c.req).path)
    },
  },
  'gives something that inherits from its request another one': {
    handler: (c) => {
      const derived = Object.create(c.req)
      derived.raw = new Request('http://localhost/other')
      return c.text(`${derived.raw.url} ${c.req.raw.url} ${language(c.req.raw)}`)
    },
  },
  'has headers that middleware above put on the request': {
    above: async (c, next) => {
      const headers = new Headers(c.req.raw.headers)
      headers.append('accept-language', 'en')
      Object.defineProperty(c.req.raw, 'headers', { value: headers, configurable: true })
      await next()
    },
    handler: (c) => c.text(`${language(c.req.raw)}`),
  },
  'prints its request, and the headers alone': {
    handler: (c) =>
      c.json(
        [c.req.raw, c.req.raw.headers].map((all) => /'accept-language': '(..)'/.exec(inspect(all))?.[1]),
      ),
  },
  'answers through a method that middleware above has put there, which needs its `this`': {
    above: async (c, next) => {
      c.json = function (this: Context, data: unknown) {
        return this.body(JSON.stringify({ data }))
      } as unknown as Context['json']
      await next()
    },
    handler: (c) => c.json('page'),
  },
  'reads and sets variables by such methods': {
    above: async (c, next) => {
      const { get, set } = c
      c.get = function (this: Context, name: string) {
        return name === 'path' ? this.req.path : get(name as 'cache')
      } as typeof get
      c.set = function (this: Context, name: string, value: unknown) {
        set(name as never, `${this.req.path} ${value}` as never)
      } as typeof set
      await next()
    },
    handler: (c) => {
      c.set('title' as never, 'lamps' as never)
      return c.text(`${c.get('path' as never)} ${c.get('title' as never)}`)
    },
  },
  'lies between middleware that keep and put back a property': {
    above: async (c, next) => {
      const kept = Object.getOwnPropertyDescriptor(c.req, 'raw')!
      Object.defineProperty(c.req, 'raw', { value: c.req.raw, writable: true, configurable: true })
      await next()
      Object.defineProperty(c.req, 'raw', kept)
    },
    handler: (c) => c.text(`${language(c.req.raw)}`),
  },
}

describe.each(Object.entries(apps))('a route that %s', (_, app) => {
  test.each([cache(), cache({ autoVary: false, storeWhen: () => false })])(
    'is watched or not',
    async (route) => {
      expect(await answersOf(app, route)).toEqual(await answersOf(app, pass))
    },
  )
})

test('a request that middleware above assigns stays, also where the body ends later', async () => {
  const app = new Hono()
  const pending: Promise<unknown>[] = []
  const assigned = new Request('http://localhost/assigned')
  let context: Context | undefined
  app.use(redisCache({ store: memoryStore(), onEvent() {}, waitUntil: (work) => pending.push(work) }))
  app.use(async (c, next) => {
    context = c
    await next()
    c.req.raw = assigned
  })
  app.get('/page', cache(), () => new Response(new Blob(['page']).stream()))
  await (await app.request('/page')).text()
  await Promise.all(pending)
  expect(context!.req.raw).toBe(assigned)
})

test('one Request that two apps observe at once is seen by both', async () => {
  const appOf = (read: (raw: Request) => Promise<string>) => {
    const app = new Hono()
    app.use(redisCache({ store: memoryStore(), onEvent() {} }))
    return app.get('/page', cache(), async (c) => c.text(await read(c.req.raw)))
  }
  const wait = () => new Promise((resolve) => setTimeout(resolve, 1))
  const first = appOf(async (raw) => {
    raw.headers.get('accept')
    await wait()
    return `${language(raw)}`
  })
  const second = appOf(async (raw) => {
    raw.headers.get('accept')
    await wait()
    await wait()
    return raw.url
  })
  for (const asked of ['de', 'fr']) {
    const request = new Request('http://localhost/page', { headers: { 'accept-language': asked } })
    const [answer] = await Promise.all([first.fetch(request), second.fetch(request)])
    expect(await answer.text()).toBe(asked)
    await wait()
  }
})
