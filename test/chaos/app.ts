/**
 * The app under chaos: the example, and beside it a route for each feature that can go wrong under load. Every answer
 * says which page it is, for whom it was made, and the versions of the data it was made from, read before the handler
 * takes its time.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from 'hono'
import { cache, memoize, type RedisCacheOptions } from 'hono-redis-cache'
import { createApp } from '../../examples/app.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { type Data, ITEMS } from './data.ts'

/** The longest that a handler takes, in milliseconds. */
export const SLOWEST_MS = 200
/** Seconds that one request waits for another. */
export const COALESCE_WAIT = 1
/** On whatever the handlers themselves let fail. */
export const ON_PURPOSE = 'x-on-purpose'

export interface Answer {
  readonly page: string
  /** Who asked, where the page is about them. */
  readonly user?: string
  readonly versions: readonly (readonly [id: string, version: number])[]
}

class OnPurpose extends Error {}

const tagOf = (c: Context) => `item:${c.req.param('id')}`

export function chaosApp(options: RedisCacheOptions, data: Data, random: Seeded) {
  const app = createApp({ ...options, defaults: { coalesceWait: COALESCE_WAIT, expire: 60 } })

  async function answer(c: Context, more: { user?: string; ids?: readonly string[]; slow?: boolean } = {}) {
    const { user, ids = [c.req.param('id')!], slow = random.chance(user === undefined ? 0.25 : 0.5) } = more
    const versions = ids.map((id) => [id, data.version(id)] as const)
    if (slow) await delay(random.int(SLOWEST_MS))
    return c.json({ page: c.req.path, ...(user !== undefined && { user }), versions } satisfies Answer)
  }

  app.get(
    '/items/:id',
    cache({
      namespace: 'items',
      tags: (c) => [tagOf(c)],
      expire: 2,
      staleWhileRevalidate: 3,
      staleIfError: 10,
      refreshAhead: 0.5,
      jitter: 0.1,
    }),
    (c) => answer(c),
  )
  app.get('/slow/:id', cache({ namespace: 'slow' }), (c) => {
    c.get('cache').tag(tagOf(c))
    return answer(c, { slow: true })
  })
  app.get('/leased/:id', cache({ namespace: 'slow', tags: (c) => [tagOf(c)], lease: true }), (c) =>
    answer(c, { slow: true }),
  )
  app.get(
    '/failing/:id',
    cache({ namespace: 'items', tags: (c) => [tagOf(c)], staleIfError: 20 }),
    async (c) => {
      if (random.chance(0.15)) throw new OnPurpose()
      if (random.chance(0.15)) return c.text('on purpose', 503, { [ON_PURPOSE]: 'yes' })
      return answer(c)
    },
  )
  app.get('/static/:id', cache({ key: 'static' }), async (c) => {
    const versions = ITEMS.map((id) => [id, data.version(id)] as const)
    await delay(random.int(SLOWEST_MS / 4))
    // Its entry is one for all its paths.
    return c.json({ page: '/static', versions } satisfies Answer)
  })
  app.get('/built/:id', cache({ keyBuilder: (c) => `built-${c.req.param('id')}` }), (c) => answer(c))
  const load = memoize(async ({ id }: { id: string }) => data.version(id), {
    name: 'load',
    namespace: 'memo',
    expire: 60,
    tags: ({ id }) => [`item:${id}`],
  })
  app.get('/memo/:id', cache({ namespace: 'memo', expire: 20 }), async (c) => {
    const id = c.req.param('id')
    const version = await load(c, { id })
    if (random.chance(0.2)) await delay(random.int(SLOWEST_MS))
    return c.json({ page: c.req.path, versions: [[id, version]] } satisfies Answer)
  })

  // Personal ones: by a header that the key learns, a variable set above, a cookie, and what no key can cover.
  const personal = cache({ namespace: 'personal', tags: (c) => [tagOf(c)], staleWhileRevalidate: 5 })
  app.get('/header/:id', personal, (c) => answer(c, { user: c.req.header('x-user') ?? '' }))
  app.use('/variable/*', async (c, next) => {
    c.set('user' as never, { name: c.req.header('x-user') } as never)
    await next()
  })
  app.get('/variable/:id', personal, (c) =>
    answer(c, { user: (c.get('user' as never) as { name: string }).name }),
  )
  app.get(
    '/cookie/:id',
    cache({ namespace: 'personal', tags: (c) => [tagOf(c)], vary: { cookies: ['user'] } }),
    (c) => answer(c, { user: /user=(\w+)/.exec(c.req.header('cookie') ?? '')?.[1] ?? '' }),
  )
  app.get('/credential/:id', personal, (c) =>
    answer(c, { user: (c.req.header('authorization') ?? '').replace('Bearer ', '') }),
  )
  app.get('/setting/:id', personal, (c) => {
    const user = new URL(c.req.url).searchParams.get('user') ?? ''
    c.header('set-cookie', `user=${user}`)
    return answer(c, { user })
  })
  app.get('/recovery', cache({ namespace: 'recovery', expire: 60 }), (c) => c.text('made'))

  app.onError((error, c) => c.text('failed', 500, error instanceof OnPurpose ? { [ON_PURPOSE]: 'yes' } : {}))
  return app
}
