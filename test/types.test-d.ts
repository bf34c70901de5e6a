/**
 * Types, checked by `tsc -p test` and never run: `cache()` in a chain leaves the types of its neighbours as they are,
 * `c.get('cache')` is typed without generics, and what cannot be meant does not compile.
 */
import { zValidator } from '@hono/zod-validator'
import { Redis } from '@upstash/redis/cloudflare'
import { type Context, type Handler, Hono, type MiddlewareHandler, type Next, type TypedResponse } from 'hono'
import { hc, type InferResponseType } from 'hono/client'
import { every, except, some } from 'hono/combine'
import { createFactory, createMiddleware } from 'hono/factory'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import {
  type CacheEvent,
  type CacheHandle,
  cache,
  md5,
  memoize,
  memoryStore,
  openCache,
  redisCache,
  redisStore,
  warnOnce,
} from '../src/index.ts'

interface AppEnv {
  Bindings: { REGION: string }
  Variables: { user: { id: string } }
}

// A plain app: the parameter is a string, the handle is there, and nothing is `any`.
new Hono().use(redisCache()).get('/p/:id', cache({ expire: 60 }), (c) => {
  expectTypeOf(c).not.toBeAny()
  expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
  expectTypeOf(c.get('cache')).toEqualTypeOf<CacheHandle>()
  expectTypeOf(c.var.cache).toEqualTypeOf<CacheHandle>()
  expectTypeOf(c.req.param('name')).toEqualTypeOf<string | undefined>()
  // @ts-expect-error: the handle has no such method
  c.get('cache').purge()
  return c.text('')
})

// An app with variables and bindings of its own, before and after.
new Hono<AppEnv>()
  .use(redisCache())
  .use(cache())
  .get('/p/:id', cache({ tags: ['a'] }), (c) => {
    expectTypeOf(c.get('user')).toEqualTypeOf<{ id: string }>()
    expectTypeOf(c.env.REGION).toEqualTypeOf<string>()
    expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
    expectTypeOf(c.get('cache')).toEqualTypeOf<CacheHandle>()
    // @ts-expect-error: there is no such variable
    c.get('session')
    return c.json(c.get('user'))
  })

// Beside another middleware in one use().
new Hono<AppEnv>().use('/p/*', cache(), async (c, next) => {
  expectTypeOf(c).not.toBeAny()
  const user: { id: string } = c.get('user')
  // @ts-expect-error: its id is a string
  const wrong: { id: number } = c.get('user')
  await next()
  void [user, wrong]
})

// In a middleware of one's own, or in a list of them.
const cached = cache()
const listed: MiddlewareHandler<AppEnv>[] = [redisCache(), cache()]
new Hono<AppEnv>().use(...listed).use((c, next) => (c.get('user').id === '' ? next() : cached(c, next)))
export const wrapped = createMiddleware<AppEnv>((c, next) => cached(c, next))
new Hono<AppEnv>().get('/p/:id', zValidator('query', z.object({ page: z.string() })), (c, next) =>
  cached(c, next),
)
// @ts-expect-error: a middleware and no handler, whatever the app
cached(new Hono<AppEnv>())

// Middlewares that set variables, on either side.
const withDb = createMiddleware<{ Variables: { db: 'db' } }>(async (c, next) => {
  c.set('db', 'db')
  await next()
})
const withTenant = createMiddleware<{ Variables: { tenant: number } }>(async (_c, next) => next())
new Hono().get('/p/:id', withDb, cache(), withTenant, (c) => {
  expectTypeOf(c.get('db')).toEqualTypeOf<'db'>()
  expectTypeOf(c.get('tenant')).toEqualTypeOf<number>()
  expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
  return c.text('')
})

// createHandlers
const factory = createFactory<AppEnv>()
const handlers = factory.createHandlers(cache({ expire: 1 }), withDb, (c) => {
  expectTypeOf(c).not.toBeAny()
  expectTypeOf(c.get('user')).toEqualTypeOf<{ id: string }>()
  expectTypeOf(c.get('db')).toEqualTypeOf<'db'>()
  return c.json({ ok: true as const })
})
factory.createApp().get('/made', ...handlers)

// For createHandlers() of Hono 4.8 a list has one result, as here, and so in effect for compilers before TypeScript 7.
// If cache() had one too, it would be `any`, and so would what a client of the route is told.
type Result = Response | TypedResponse | Promise<Response | TypedResponse>
type Listed<R extends Result> =
  | Handler<AppEnv, string, object, R>
  | ((c: Context<AppEnv, string, object>, next: Next) => ReturnType<MiddlewareHandler>)
declare function asOneList<R extends Result>(first: Listed<R>, second: Listed<R>): R
export const made = () => asOneList(cached, (c) => c.json({ ok: true as const }, 200))
expectTypeOf<ReturnType<typeof made>['_data']>().toEqualTypeOf<{ ok: true }>()

// every, some and except around it.
new Hono<AppEnv>()
  .use('/every/*', every(withDb, cache()))
  .use('/some/*', some(withDb, cache()))
  .use('/except/*', except('/except/me', cache()))
  .get('/every/:id', every(cache(), cache()), (c) => {
    expectTypeOf(c.get('user')).toEqualTypeOf<{ id: string }>()
    expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
    return c.text('')
  })

// A validator above and below, and the client's view of it all, through a sub-app.
const query = z.object({ page: z.string(), size: z.string().optional() })
const products = new Hono<AppEnv>()
  .get('/before', zValidator('query', query), cache(), (c) => {
    expectTypeOf(c.req.valid('query')).toEqualTypeOf<{ page: string; size?: string | undefined }>()
    return c.json({ page: 1 })
  })
  .get('/after/:id', cache(), zValidator('query', query), (c) => {
    expectTypeOf(c.req.valid('query')).toEqualTypeOf<{ page: string; size?: string | undefined }>()
    // @ts-expect-error: nothing validates the headers
    c.req.valid('header')
    return c.json({ id: c.req.param('id'), found: true as boolean }, 200)
  })
  .get('/made', ...handlers)
const app = new Hono().use(redisCache()).route('/products', products)

const client = hc<typeof app>('http://localhost').products
expectTypeOf<InferResponseType<typeof client.before.$get, 200>>().toEqualTypeOf<{ page: number }>()
expectTypeOf<InferResponseType<(typeof client.after)[':id']['$get'], 200>>().toEqualTypeOf<{
  id: string
  found: boolean
}>()
expectTypeOf<InferResponseType<typeof client.made.$get>>().toEqualTypeOf<{ ok: true }>()
// @ts-expect-error: the query is required
client.before.$get()
// @ts-expect-error: there is no such route
client.missing

// To the client, and to whoever mounts it, an app with cache() is of the very type of the same app without it.
const answer = (c: Context) => c.json({ at: 1 })
const without = new Hono<AppEnv>().get('/x/:id', withDb, zValidator('query', query), answer)
const withCache = new Hono<AppEnv>().get('/x/:id', withDb, cache(), zValidator('query', query), answer)
expectTypeOf(withCache).toEqualTypeOf(without)

// clear(): one form at a time.
export function clearing({ clear, tag, skip, explain }: CacheHandle) {
  expectTypeOf(clear()).toEqualTypeOf<Promise<boolean>>()
  clear({ namespace: 'a' })
  clear({ tag: 'a' })
  clear({ tags: ['a'] as const })
  clear({ path: '/a' })
  clear({ key: 'a' })
  clear({ key: 'a', namespace: 'b' })
  // @ts-expect-error: may be undefined, which must not clear everything
  clear(undefined as { tag: string } | undefined)
  // @ts-expect-error: names no scope
  clear({})
  // @ts-expect-error: a typo
  clear({ namspace: 'a' })
  // @ts-expect-error: two scopes
  clear({ namespace: 'a', tag: 'b' })
  // @ts-expect-error: two scopes
  clear({ tag: 'a', tags: ['b'] })
  // @ts-expect-error: two scopes
  clear({ path: '/a', namespace: 'b' })
  // @ts-expect-error: two scopes
  clear({ key: 'a', path: '/a' })
  // @ts-expect-error: a parameter that may be missing
  clear({ tag: undefined as string | undefined })
  // @ts-expect-error: not a list
  clear({ tags: 'a' })
  // @ts-expect-error: not a scope by itself
  clear('a')

  tag('a', 'b')
  // @ts-expect-error: a tag is a string
  tag(undefined)
  skip()
  skip('why')
  expectTypeOf(explain().events).toEqualTypeOf<readonly CacheEvent[]>()
}
expectTypeOf(openCache).returns.toHaveProperty('clear')
expectTypeOf(openCache({ store: memoryStore() }).clear).toEqualTypeOf<CacheHandle['clear']>()

// Callbacks may answer with nothing, since a parameter may be missing.
cache({ tags: (c) => [c.req.param('id')], keyBuilder: (c) => c.req.param('id') })
cache({ tags: () => [null, undefined, 'a'], keyBuilder: () => null })
cache({ keyBuilder: async () => undefined })
cache({
  tags: (c) => {
    expectTypeOf(c.req.param('id')).toEqualTypeOf<string | undefined>()
    return []
  },
  expire: (c, res) => {
    expectTypeOf(c).not.toBeAny()
    expectTypeOf(res).toEqualTypeOf<Response>()
    return 1
  },
})
// @ts-expect-error: a key is a string
cache({ keyBuilder: () => 5 })
// @ts-expect-error: seconds are a number
cache({ expire: () => '60' })
// @ts-expect-error: there is no such option
cache({ ttl: 60 })
// @ts-expect-error: bodies of other methods are not cached
cache({ methods: ['PUT'] })
// @ts-expect-error: one rule at a time
cache({ query: { only: ['a'], keep: ['b'] } })

// With the app's Env and the path, callbacks know both.
const typed = cache<AppEnv, '/p/:id'>({
  expire: { 200: (c) => (c.get('user').id === '' ? 0 : 60), 404: 10 },
  when: (c) => c.env.REGION !== '',
  tags: (c) => {
    expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
    expectTypeOf(c.get('user')).toEqualTypeOf<{ id: string }>()
    // @ts-expect-error: there is no such variable
    c.get('session')
    return [`product:${c.req.param('id')}`]
  },
})
new Hono<AppEnv>().get('/p/:id', typed, (c) => {
  expectTypeOf(c.get('user')).toEqualTypeOf<{ id: string }>()
  return c.text('')
})

// redisCache(): clients and stores. What the environment lacks is absent.
redisCache({ url: undefined, token: undefined, prefix: undefined })
redisCache({ redis: Redis.fromEnv() })
redisCache({ redis: { send: async ([name, ...args]) => [name, args] } })
redisCache({ store: redisStore({ send: async (command) => command }) })
redisCache((c) => ({ url: c.env.URL, token: c.env.TOKEN, timeout: { read: 100 } }))
redisCache({ waitUntil: (promise, c) => void [promise, c], enabled: (c) => c.req.method === 'GET' })
// @ts-expect-error: not a client
redisCache({ redis: { get: async () => null } })
// @ts-expect-error: not a store
redisCache({ store: {} })
// @ts-expect-error: of cache(), not of redisCache()
redisCache({ expire: 60 })

// memoize(): the arguments and the value are those of the function.
const load = memoize(async ({ id }: { id: string }) => ({ id, price: 1 }), {
  name: 'load',
  tags: ({ id }) => {
    expectTypeOf(id).toEqualTypeOf<string>()
    return [`product:${id}`]
  },
})
expectTypeOf(load).returns.resolves.toEqualTypeOf<{ id: string; price: number }>()
expectTypeOf(load).parameter(1).toEqualTypeOf<{ id: string }>()
new Hono<AppEnv>().get('/memo/:id', async (c) => {
  // @ts-expect-error: there is no such argument
  await load(c, { name: 'a' })
  // @ts-expect-error: it needs an id
  await load(c)
  // Where no argument is needed, none is given.
  await memoize(() => 1, { name: 'none' })(c)
  await memoize((_: { page?: number }) => 1, { name: 'optional' })(c)
  return c.json(await load(c, { id: c.req.param('id') }))
})
// Values come back as JSON has them.
const dated = memoize((_: { id: string }) => ({ at: new Date(), note: undefined as string | undefined }), {
  name: 'dated',
  tags: ({ id }) => [id, null, undefined],
})
expectTypeOf(dated).returns.resolves.toEqualTypeOf<{ at: string; note: string | undefined }>()
const perhaps = memoize(async (): Promise<{ id: string; tags: string[] } | null> => null, { name: 'perhaps' })
expectTypeOf(perhaps).returns.resolves.toEqualTypeOf<{ id: string; tags: string[] } | null>()
expectTypeOf(memoize(() => {}, { name: 'none' })).returns.resolves.toEqualTypeOf<undefined>()
expectTypeOf(memoize(() => 'a' as string | undefined, { name: 'some' })).returns.resolves.toEqualTypeOf<
  string | undefined
>()
expectTypeOf(memoize((): unknown => 1, { name: 'unknown' })).returns.resolves.toEqualTypeOf<unknown>()
// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives, for example
expectTypeOf(memoize((): any => 1, { name: 'any' })).returns.resolves.toBeAny()
// @ts-expect-error: the name is part of the key
memoize(() => 1, {})
// @ts-expect-error: arguments have names
memoize((ids: string[]) => ids, { name: 'array' })
// @ts-expect-error: likewise
memoize((names: ReadonlyMap<string, string>) => names.size, { name: 'map' })

// Events are told apart by their type.
redisCache({
  onEvent(event, c) {
    expectTypeOf(c).not.toBeAny()
    expectTypeOf(event).not.toBeAny()
    if (event.type === 'hit') expectTypeOf(event.ttl).toEqualTypeOf<number>()
    if (event.type === 'clear') expectTypeOf(event.confirmed).toEqualTypeOf<boolean>()
    warnOnce(console.warn)(event)
    // @ts-expect-error: there is no such event
    if (event.type === 'purge') return
    // @ts-expect-error: only of hits
    event.ttl
  },
})

expectTypeOf(md5('a')).toEqualTypeOf<ArrayBuffer>()
expectTypeOf(md5.hex(new Uint8Array())).toEqualTypeOf<string>()
md5.hex(new DataView(new ArrayBuffer(1)))
md5(new ArrayBuffer(1))
// @ts-expect-error: not bytes
md5(5)
