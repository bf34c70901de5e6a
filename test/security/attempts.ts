/**
 * Ways to give Bob what was made for Alice, each an app: what is set above `cache()`, and a handler that tells whom it
 * answers.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { validator } from 'hono/validator'
import { type Attempt, headersOf, type Who, whoIs } from './attempt.ts'

const setUser =
  (value: (who: Who) => unknown, name = 'user'): MiddlewareHandler =>
  async (c, next) => {
    c.set(name, value(whoIs(c)))
    await next()
  }
const readUser = (c: Context) => c.text(`for ${(c.get('user') as { id?: string } | undefined)?.id}`)
export const tick = () => new Promise((resolve) => setTimeout(resolve, 1))

/** A body that reads when the handler has long returned. */
const late = (read: (c: Context) => unknown) => (c: Context) =>
  c.body(
    new ReadableStream({
      async pull(controller) {
        await tick()
        controller.enqueue(new TextEncoder().encode(`for ${read(c)}`))
        controller.close()
      },
    }),
  )
const readCookie = late((c) => c.req.raw.headers.get('cookie'))

/** Such a body that is no stream: most runtimes take any iterable for one. */
const iterable = (read: (c: Context) => unknown) => (c: Context) => {
  async function* chunks() {
    await tick()
    yield new TextEncoder().encode(`for ${read(c)}`)
  }
  return c.body(chunks() as unknown as ReadableStream)
}

/** Middleware above that gives an object of the request a member of its own. */
const put =
  (target: (c: Context) => object, name: string, value: (who: Who) => unknown): MiddlewareHandler =>
  async (c, next) => {
    Object.defineProperty(target(c), name, { value: value(whoIs(c)), configurable: true })
    await next()
  }

export const attempts: Readonly<Record<string, Attempt>> = {
  'a cookie that a body reads late, below another cache': { handler: readCookie, outer: {} },
  'a cookie that a body reads late, below a cache that does not observe': {
    handler: readCookie,
    outer: { autoVary: false },
  },
  'a cookie that a body reads late, where the handler sees another one alone': {
    handler: late((c) => c.req.header('cookie')),
    options: { vary: { cookies: ['theme'] } },
  },
  'a cookie that a body reads late, of a request that middleware above puts back meanwhile': {
    above: async (c, next) => {
      const { raw } = c.req
      c.req.raw = new Request(raw)
      await next()
      c.req.raw = raw
    },
    handler: readCookie,
  },
  'a variable that a body reads late, through a c.get() that middleware above puts back meanwhile': {
    above: async (c, next) => {
      c.set('user', whoIs(c))
      const { get } = c
      c.get = ((name: never) => get(name)) as typeof get
      await next()
      c.get = get
    },
    handler: late((c) => c.get('user')),
  },
  'a cookie that a body reads late which is an iterable': {
    handler: iterable((c) => c.req.header('cookie')),
  },
  'a variable that a body reads late which is an iterable': {
    above: async (c, next) => {
      c.set('user', whoIs(c))
      await next()
    },
    handler: iterable((c) => c.get('user')),
  },
  'a Vary of the handler that is the same as one set above': {
    above: async (c, next) => {
      c.header('vary', 'Cookie')
      await next()
    },
    handler: (c) =>
      new Response(`for ${c.req.header('cookie')}`, {
        headers: { vary: 'Cookie', 'cache-control': 'max-age=60' },
      }),
    options: { policy: 'standard' },
  },
  'a Vary of the handler that begins like one set above, where reads are not observed': {
    above: async (c, next) => {
      c.header('vary', 'X-User')
      await next()
    },
    handler: (c) => new Response(`for ${c.req.header('x-user')}`, { headers: { vary: 'X-User, Accept' } }),
    options: { autoVary: false },
  },
  'a request that is assigned again before it is handed on': {
    handler: (c) => {
      const { raw } = c.req
      raw.headers.get('accept')
      c.req.raw = raw
      return c.text(`for ${new Request(c.req.raw).headers.get('x-user')}`)
    },
  },
  'a URL that middleware above has put on the request': {
    above: put(
      (c) => c.req,
      'url',
      (who) => `http://localhost/${who}`,
    ),
    handler: (c) => c.text(`for ${c.req.url}`),
  },
  'a method that middleware above has put on the request': {
    above: put(
      (c) => c.req,
      'method',
      (who) => who,
    ),
    handler: (c) => c.text(`for ${c.req.method}`),
  },
  'variables that middleware above has put on the Context': {
    above: put(
      (c) => c,
      'var',
      (who) => ({ user: who }),
    ),
    handler: (c) => c.text(`for ${(c.var as unknown as { user: string }).user}`),
  },
  'an execution context that middleware above has put on the Context': {
    above: put(
      (c) => c,
      'executionCtx',
      (who) => ({ waitUntil() {}, user: who }),
    ),
    handler: (c) => c.text(`for ${(c.executionCtx as unknown as { user: string }).user}`),
  },
  'a user who was still being loaded when the variable was read': {
    above: async (c, next) => {
      const user: { id?: string } = {}
      const who = whoIs(c)
      c.set('user', user)
      void tick().then(() => Object.assign(user, { id: who }))
      await next()
    },
    handler: async (c) => {
      const user = c.get('user') as { id?: string }
      await new Promise((resolve) => setTimeout(resolve, 10))
      return c.text(`for ${user.id}`)
    },
  },
  'a Proxy that looks like an empty object': {
    above: setUser((who) => new Proxy({}, { get: () => who })),
    handler: readUser,
  },
  'a getter in a variable': {
    above: setUser((who) => ({
      get id() {
        return who
      },
    })),
    handler: readUser,
  },
  'a member that is not enumerable': {
    above: setUser((who) => Object.defineProperty({}, 'id', { value: who })),
    handler: readUser,
  },
  'an array with a name on it': {
    above: setUser((who) => Object.assign([1], { id: who })),
    handler: readUser,
  },
  'a Map by another name': {
    above: setUser((who) => new Map([['id', who]])),
    handler: (c) => c.text(`for ${(c.get('user') as Map<string, string>).get('id')}`),
  },
  "the app's own variable named cache": {
    above: setUser((who) => who, 'cache'),
    handler: (c) => c.text(`for ${c.get('cache') as unknown as string}`),
  },
  "the app's own cache of each person, by that name": {
    above: setUser((who) => ({ get: () => who }), 'cache'),
    handler: (c) => c.text(`for ${(c.get('cache') as unknown as Map<string, string>).get('name')}`),
  },
  "the app's own variable named metric, which is of no timing()": {
    above: setUser((who) => who === 'alice', 'metric'),
    handler: (c) => c.text(`in ${c.get('metric') ? 'kilometres' : 'miles'}`),
  },
  'whether a variable is there at all': {
    above: async (c, next) => {
      if (whoIs(c) !== 'nobody') c.set('user' as never, { id: whoIs(c) } as never)
      await next()
    },
    handler: (c) => c.text(`${'user' in c.var} ${Object.keys(c.var).includes('user')}`),
  },
  'a variable that middleware above sets while the body runs': {
    above: async (c, next) => {
      const who = whoIs(c)
      await next()
      c.set('user', { id: who })
    },
    handler: (c) =>
      c.body(
        new ReadableStream({
          async pull(controller) {
            await tick()
            controller.enqueue(new TextEncoder().encode((c.get('user') as { id: string })?.id ?? ''))
            controller.close()
          },
        }),
      ),
  },
  'a dependency of which a member is declared': {
    above: setUser((who) => ({ id: who, save() {} })),
    handler: readUser,
    cache: { exclude: ['user'] },
    options: { vary: { vars: ['user.id'] } },
  },
  'cookies that a validator above saw, where vary.cookies hides them': {
    above: validator('cookie', (all) => all) as MiddlewareHandler,
    handler: (c) => c.text(`for ${(c.req.valid('cookie' as never) as { session?: string }).session}`),
    options: { vary: { cookies: ['theme'] } },
  },
  'a header that a validator above found absent': {
    above: validator('header', (all) => ({ 'x-user': all['x-user'] })) as MiddlewareHandler,
    handler: (c) => c.text(`for ${(c.req.valid('header' as never) as Record<string, string>)['x-user']}`),
  },
  'a header among the data of a validator above, read as a descriptor': {
    above: validator('header', (all) => all) as MiddlewareHandler,
    handler: (c) => {
      const data = c.req.valid('header' as never) as Record<string, string>
      return c.text(`for ${Object.getOwnPropertyDescriptor(data, 'x-user')?.value}`)
    },
  },
  'a request of which a header is read before it is handed on': {
    handler: (c) => {
      const { raw } = c.req
      raw.headers.get('accept')
      return c.text(`for ${new Request(raw).headers.get('x-user')}`)
    },
  },
  'a request of which the URL is read before it is handed on': {
    handler: (c) => {
      const { raw } = c.req
      return c.text(`for ${new Request(raw.url, raw).headers.get('x-user')}`)
    },
  },
  'the baggage of a trace': {
    above: async (c, next) => {
      c.req.raw.headers.set('baggage', `user=${whoIs(c)}`)
      await next()
    },
    handler: (c) => c.text(`for ${c.req.header('baggage')}`),
  },
  'a header whose name begins like a condition': {
    above: async (c, next) => {
      c.req.raw.headers.set('if-user', whoIs(c))
      await next()
    },
    handler: (c) => c.text(`for ${c.req.header('if-user')}`),
  },
  'a request among the bindings': {
    env: (who) => ({ original: new Request('http://localhost/', { headers: headersOf(who) }) }),
    handler: (c) => c.text(`for ${(c.env as { original: Request }).original.headers.get('x-user')}`),
  },
  'a request that a getter among the bindings gives': {
    env: (who) => ({
      get original() {
        return new Request('http://localhost/', { headers: headersOf(who) })
      },
    }),
    handler: (c) => c.text(`for ${(c.env as { original: Request }).original.headers.get('x-user')}`),
  },
  'the context of a host, which has the request': {
    env: (who) => ({ request: new Request('http://localhost/'), preferredLocale: who }),
    handler: (c) => c.text(`for ${(c.env as { preferredLocale: string }).preferredLocale}`),
  },
  'what a host keeps of the request, without it': {
    env: (who) => ({ locals: { user: who } }),
    handler: (c) => c.text(`for ${(c.env as { locals: { user: string } }).locals.user}`),
  },
  "Fastly's client among the bindings": {
    env: (who) => ({ clientInfo: { address: who } }),
    handler: (c) => c.text(`for ${(c.env as { clientInfo: { address: string } }).clientInfo.address}`),
  },
  "Cloudflare Pages' context among the bindings": {
    env: (who) => ({ eventContext: { data: { user: who } } }),
    handler: (c) =>
      c.text(`for ${(c.env as { eventContext: { data: { user: string } } }).eventContext.data.user}`),
  },
  "the origin's response among those of Lambda@Edge": {
    env: (who) => ({ response: { status: who } }),
    handler: (c) => c.text(`for ${(c.env as { response: { status: string } }).response.status}`),
  },
  "Lambda@Edge's callback among the bindings": {
    env: (who) => ({ callback: (name: string) => `${name} ${who}` }),
    handler: (c) => c.text((c.env as { callback: (name: string) => string }).callback('for')),
  },
  'the props of an execution context': {
    executionCtx: (who) => ({ waitUntil() {}, passThroughOnException() {}, props: { user: who } }),
    handler: (c) => c.text(`for ${(c.executionCtx as unknown as { props: { user: string } }).props.user}`),
  },
  'who has come through Cloudflare Access': {
    executionCtx: (who) => ({ waitUntil() {}, access: who === 'nobody' ? undefined : { aud: who } }),
    handler: (c) => c.text(`for ${(c.executionCtx as unknown as { access?: { aud: string } }).access?.aud}`),
  },
  'a fetch event': {
    executionCtx: (who) => ({
      waitUntil() {},
      respondWith() {},
      request: new Request('http://localhost/', { headers: headersOf(who) }),
    }),
    handler: (c) =>
      c.text(`for ${(c.event as unknown as { request: Request }).request.headers.get('x-user')}`),
  },
  'a renderer above that reads the user': {
    above: async (c, next) => {
      c.set('user', { id: whoIs(c) })
      c.setRenderer((content) => c.html(`${content} for ${(c.get('user') as { id: string }).id}`))
      await next()
    },
    handler: (c) => c.render('page' as never) as Promise<Response>,
  },
  'a POST whose body is the same for all': {
    method: 'POST',
    options: { methods: ['POST'] },
    handler: async (c) => c.text(`${await c.req.text()} for ${c.req.header('cookie')}`),
  },
  'an error handler that answers 200': {
    handler: (c) => {
      c.error = new Error('failed')
      return c.text(`for ${whoIs(c)}`)
    },
  },
  'a variable that is set again after it was read': {
    above: setUser((who) => ({ id: who })),
    handler: (c) => {
      const { id } = c.get('user') as { id: string }
      c.set('user', { id: 'changed' })
      return c.text(`for ${id}, then ${(c.get('user') as { id: string }).id}`)
    },
  },
}
