/**
 * An app whose pages share what can be shared: entries, flights, leases, refreshes, memos in pages and in memos, a key of
 * several routes. Each datum in an answer says when it was read, for whom, and what clears it.
 */
import { type Context, Hono } from 'hono'
import { every } from 'hono/combine'
import { stream } from 'hono/streaming'
import { cache, memoize, type RedisCacheOptions, redisCache } from '../../src/index.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { clearedWith, MEMOS, memoClearedWith, OTHER_PREFIX, type Page, type Recipe } from './recipe.ts'
import type { Kind, Turns } from './turns.ts'

export interface Datum {
  /** A moment. */
  readonly read: number
  readonly clearedWith: readonly string[]
  /** Whom it was made for, and what that one had sent. */
  readonly user?: string | undefined
  readonly sent?: string | undefined
}

export interface Counts {
  /** Runs of handlers. */
  handled: number
  /** Calls of memos, and how often these were computed. */
  called: number
  computed: number
  /** The most computations of one memo at once in one isolate. */
  atOnce: number
}

interface Surroundings {
  /** The name of the isolate. */
  readonly isolate: string
  readonly turns: Turns
  readonly random: Seeded
  readonly counts: Counts
}

type Variables = { user: { name: string }; given: readonly Datum[] }

export function createApp(
  { pages, memo }: Recipe,
  options: RedisCacheOptions,
  surroundings: Surroundings,
): Hono {
  const { isolate, turns, random, counts } = surroundings
  const step = (kind: Kind, what: string) => turns.pass(kind, () => `${isolate} ${what}`)
  const memos = createMemos(memo, surroundings)
  const app = new Hono<{ Variables: Variables }>()
  app.onError((_, c) => c.text('failed', 500))
  app.use(redisCache(options))
  app.post('/clear', async (c) => c.json(await c.get('cache').clear(...((await c.req.json()) as []))))

  app.use(async (c, next) => {
    c.set('user', { name: c.req.header('x-user')! })
    if (pages.some(({ path, memo }) => path === c.req.path && memo === 'above'))
      c.set('given', await memos.load(c))
    await next()
  })
  for (const page of pages) {
    const { path, placed, may, late } = page
    if (placed === 'prefix') app.use(path, redisCache({ ...options, prefix: OTHER_PREFIX }))
    if (placed.endsWith('below')) app.use(path, cache({ expire: 60, tags: ['t'], staleWhileRevalidate: 600 }))
    const acting = cache(page.options)

    const partsOf = async (c: Context): Promise<readonly Datum[]> => {
      if (page.memo === 'none') return []
      return page.memo === 'above' ? c.get('given') : memos[page.memo](c)
    }
    app.on(['GET', 'POST'], path, placed.startsWith('every') ? every(acting) : acting, async (c) => {
      counts.handled++
      await step('handler', `${path} reads`)
      const sent = c.req.method === 'POST' ? { sent: await c.req.text() } : {}
      const user = readerOf(page, c)
      const read = (): Datum => ({ read: turns.tick(), clearedWith: clearedWith(page), ...user, ...sent })
      const data = [read()]
      if (may === 'confirm' && c.req.header('if-none-match')) return c.body(null, 304)
      if (may === 'confirm') c.header('etag', '"same"')
      c.get('cache').tag(...page.added)
      if (late.length === 0) data.push(...(await partsOf(c)))
      await step('handler', `${path} answers`)
      if (may === 'fail' && random.chance(0.3)) throw new Error('on purpose')
      if (may === 'fail' && random.chance(0.3)) return c.text('on purpose', 503)
      const skips = may === 'skip' && random.chance(0.3)
      if (late.length === 0) {
        if (skips) c.get('cache').skip()
        return c.json(data)
      }
      return stream(c, async (out) => {
        await step('body', `${path} streams`)
        c.get('cache').tag(...late)
        data.push(read(), ...(await partsOf(c).catch(() => [])))
        await out.write(JSON.stringify(data))
        await step('body', `${path} ends`)
        if (skips) c.get('cache').skip()
      })
    })
  }
  return app as unknown as Hono
}

/** Read by what makes the page its reader's own. */
function readerOf({ personal }: Page, c: Context): Pick<Datum, 'user'> {
  if (personal === 'header') return { user: c.req.header('x-user')! }
  if (personal === 'variable') return { user: c.get('user').name }
  return personal === 'cookie' ? { user: c.req.header('cookie')!.replace('user=', '') } : {}
}

function createMemos(memo: Recipe['memo'], { isolate, turns, random, counts }: Surroundings) {
  const { fails: _, ...windows } = memo
  const options = (name: keyof typeof MEMOS) => ({
    ...windows,
    name,
    expire: 60,
    namespace: 'memos',
    tags: [MEMOS[name]],
  })
  const running = { load: 0, list: 0 }
  async function compute(name: keyof typeof MEMOS, parts: () => Promise<readonly Datum[]>): Promise<Datum[]> {
    counts.computed++
    counts.atOnce = Math.max(counts.atOnce, ++running[name])
    await turns.pass('memo', () => `${isolate} ${name} reads`)
    const datum = { read: turns.tick(), clearedWith: memoClearedWith(name) }
    const made = await parts()
    await turns.pass('memo', () => `${isolate} ${name} is computed`)
    running[name]--
    if (memo.fails && random.chance(0.3)) throw new Error('on purpose')
    return [datum, ...made]
  }
  const counted =
    <Args extends object>(memoized: (c: Context, args: Args) => Promise<readonly Datum[]>) =>
    (c: Context, args: Args) => {
      counts.called++
      return memoized(c, args)
    }
  const load = counted(memoize(() => compute('load', async () => []), options('load')))
  const ofList = ({ c }: { c: Context }) => compute('list', () => load(c, {}))
  const list = counted(memoize(ofList, { ...options('list'), exclude: ['c'] }))
  return { load: (c: Context) => load(c, {}), list: (c: Context) => list(c, { c }) }
}
