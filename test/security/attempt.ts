/** One way to give Bob what was made for Alice, tried: asked by three people in turn, with the cache and without. */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { type CacheOptions, cache, memoryStore, type RedisCacheOptions } from '../../src/index.ts'
import { openSite } from '../support/site.ts'

export const PEOPLE = ['alice', 'bob', 'nobody', 'alice', 'bob'] as const
export type Who = (typeof PEOPLE)[number]

export const headersOf = (who: Who): Record<string, string> =>
  who === 'nobody'
    ? {}
    : { cookie: `session=${who}; theme=dark`, authorization: `Bearer ${who}`, 'x-user': who }

export const whoIs = (c: Context): Who => (c.req.raw.headers.get('x-user') ?? 'nobody') as Who

export interface Attempt {
  readonly above?: MiddlewareHandler
  readonly handler: (c: Context) => Response | Promise<Response>
  readonly options?: CacheOptions
  /** Of another `cache()` above, from which an `every()` hides the route's own. */
  readonly outer?: CacheOptions
  readonly cache?: RedisCacheOptions
  readonly env?: (who: Who) => Record<string, unknown>
  readonly executionCtx?: (who: Who) => object
  readonly method?: string
}

const pass: MiddlewareHandler = async (_c, next) => next()

/** Everybody's answers, with the cache and without. */
export async function attempt({ above = pass, handler, options, outer, ...more }: Attempt) {
  const site = openSite({ store: memoryStore(), ...more.cache })
  if (outer) site.app.all('/page', above, cache(outer), every(cache(options)), handler)
  else site.app.all('/page', above, cache(options), handler)
  const plain = new Hono().all('/page', above, handler)
  const ask = async (app: Hono, who: Who) => {
    const context = more.executionCtx?.(who)
    const answer = await app.request(
      '/page',
      { headers: headersOf(who), method: more.method ?? 'GET' },
      more.env?.(who),
      context as never,
    )
    const body = await answer.text()
    await site.settle()
    return body
  }
  const cached = []
  const true_ = []
  for (const who of PEOPLE) cached.push(await ask(site.app, who))
  for (const who of PEOPLE) true_.push(await ask(plain, who))
  return { cached, true: true_, site }
}
