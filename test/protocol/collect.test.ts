/** Memos inside cached routes and inside each other: what is made of a part is cleared with it, and is no newer. */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import {
  type ClearTarget,
  cache,
  type MemoizeOptions,
  memoize,
  memoryStore,
  type RedisCacheOptions,
  redisCache,
} from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'
import { fakeDate, onBothStores, onRedis, pass } from '../support/stores.ts'

/** A memo whose value says how often it was made. */
function part(name: string, options: Partial<MemoizeOptions<object>> = {}) {
  const made = counter()
  return memoize(() => made(), { name, tags: [name], ...options })
}

const passOn: MiddlewareHandler = async (_, next) => next()

onBothStores('a page made of memos', (open) => {
  test.each<[string, ClearTarget]>([
    ['their tag', { tag: 'product' }],
    ['their namespace', { namespace: 'products' }],
    ['their name', { key: 'product', namespace: 'products' }],
  ])('is cleared with %s', async (_, target) => {
    const site = open()
    const product = part('product', { namespace: 'products' })
    site.app.get('/page', cache(), async (c) => c.text(`of ${await product(c, {})}`))
    expect((await site.get('/page')).body).toBe('of one')
    expect(await site.get('/page')).toMatchObject({ body: 'of one', cache: 'hit; ttl=60' })
    await site.clear(target)
    expect((await site.get('/page')).body).toBe('of two')
    expect(await site.get('/page')).toMatchObject({ body: 'of two', cache: 'hit; ttl=60' })
  })

  test('is cleared with them when it was made of a hit, too', async () => {
    const site = open()
    const product = part('product')
    site.app.get('/:page', cache(), async (c) => c.text(`${c.req.param('page')} of ${await product(c, {})}`))
    await site.get('/a')
    expect((await site.get('/b')).body).toBe('b of one')
    await site.clear({ tag: 'product' })
    expect((await site.get('/b')).body).toBe('b of two')
  })

  test('clearing the page leaves its memos', async () => {
    const site = open()
    const product = part('product')
    const made = counter()
    site.app.get('/page', cache({ tags: ['page'] }), async (c) =>
      c.text(`${made()} of ${await product(c, {})}`),
    )
    await site.get('/page')
    await site.clear({ tag: 'page' })
    expect((await site.get('/page')).body).toBe('two of one')
  })

  test('is no newer than its oldest part: a clear after that part keeps it out until the part is new', async () => {
    const site = open()
    const product = part('product', { expire: 10 })
    site.app.get('/other', async (c) => c.text(await product(c, {})))
    site.app.get('/page', cache({ tags: ['page'] }), async (c) => c.text(`of ${await product(c, {})}`))
    await site.get('/other')
    await site.clear({ tag: 'page' })
    // Made now, of something that is older than the clear of the page.
    await site.get('/page')
    expect(site.events.at(-1)).toMatchObject({ type: 'not-stored', reason: 'cleared', route: '/page' })
    pass(11)
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'of two', cache: 'hit; ttl=60' })
  })

  test.each([
    ['before the page has asked for the memo', true],
    ['after it', false],
  ])('a clear of the memo while the page is made, %s: what is stored is not older', async (_, before) => {
    const site = open()
    const product = part('product')
    let whileItIsMade: (() => Promise<boolean>) | undefined = async () => site.clear({ tag: 'product' })
    site.app.get('/other', async (c) => c.text(await product(c, {})))
    site.app.get('/page', cache(), async (c) => {
      const clearing = whileItIsMade
      whileItIsMade = undefined
      if (before) await clearing?.()
      const value = await product(c, {})
      if (!before) await clearing?.()
      return c.text(`of ${value}`)
    })
    await site.get('/other')
    expect((await site.get('/page')).body).toBe(before ? 'of two' : 'of one')
    expect((await site.get('/page')).body).toBe('of two')
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'of two', cache: 'hit; ttl=60' })
  })

  test('a memo inside a memo: the outer one and the page are cleared with the inner', async () => {
    const site = open()
    const price = part('price')
    const made = counter()
    const product = memoize(
      async ({ price }: { price: () => Promise<string> }) => `${made()} at ${await price()}`,
      { name: 'product', tags: ['product'], exclude: ['price'] },
    )
    const serve = (c: Context) => product(c, { price: () => price(c, {}) })
    site.app.get('/plain', async (c) => c.text(await serve(c)))
    site.app.get('/:page', cache(), async (c) => c.text(await serve(c)))
    // The first page is made of what was just made, the second of what was found.
    for (const path of ['/a', '/b', '/plain']) expect((await site.get(path)).body).toBe('one at one')
    await site.clear({ tag: 'price' })
    for (const path of ['/b', '/plain', '/a']) expect((await site.get(path)).body).toBe('two at two')
    await site.clear({ tag: 'product' })
    for (const path of ['/plain', '/a', '/b']) expect((await site.get(path)).body).toMatch(/at two$/)
    expect((await site.get('/plain')).body).not.toBe('two at two')
  })

  test('memos side by side: the page is cleared with each of them', async () => {
    for (const name of ['a', 'b', 'c']) {
      const site = open()
      const parts = ['a', 'b', 'c'].map((name) => part(name))
      site.app.get('/page', cache(), async (c) =>
        c.text((await Promise.all(parts.map((part) => part(c, {})))).join()),
      )
      expect((await site.get('/page')).body).toBe('one,one,one')
      expect((await site.get('/page')).cache).toBe('hit; ttl=60')
      await site.clear({ tag: name })
      expect((await site.get('/page')).body.split(',')['abc'.indexOf(name)]).toBe('two')
    }
  })

  test('two requests at once: neither takes on the parts of the other', async () => {
    const site = open()
    const parts: Record<string, ReturnType<typeof part>> = { a: part('a'), b: part('b') }
    site.app.get('/:name', cache(), async (c) => c.text(await parts[c.req.param('name')]!(c, {})))
    await Promise.all([site.get('/a'), site.get('/b')])
    await site.clear({ tag: 'a' })
    expect(await site.get('/b')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
    expect((await site.get('/a')).body).toBe('two')
  })

  test('a memo used late, in a streamed body, counts as well', async () => {
    const site = open()
    const product = part('product')
    site.app.get('/page', cache(), (c) => {
      const encoder = new TextEncoder()
      return c.body(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(encoder.encode(`of ${await product(c, {})}`))
            controller.close()
          },
        }),
      )
    })
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'of one', cache: 'hit; ttl=60' })
    await site.clear({ tag: 'product' })
    expect((await site.get('/page')).body).toBe('of two')
  })

  test('the dependencies of a memo are none of the page, which reads them', async () => {
    const site = open({ exclude: ['db'] })
    const load = memoize(({ db }: { db: Map<string, string> }) => db.get('row'), { name: 'load' })
    site.app.use(async (c, next) => {
      c.set('db' as never, new Map([['row', 'row']]) as never)
      await next()
    })
    site.app.get('/page', cache(), async (c) =>
      c.text((await load(c, { db: c.get('db' as never) as Map<string, string> })) ?? ''),
    )
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'row', cache: 'hit; ttl=60' })
  })

  test('made of a memo that nobody could clear, it is not stored', async () => {
    const site = open()
    const product = part('product', { tags: () => [''] })
    site.app.get('/page', cache(), async (c) => c.text(await product(c, {})))
    await site.get('/page')
    expect((await site.get('/page')).body).toBe('two')
    expect(site.events.filter(({ type }) => type === 'stored')).toEqual([])
  })

  test('a memo that fails leaves the page as it would be without one', async () => {
    const site = open()
    const made = counter()
    const product = memoize(
      () => {
        throw new RangeError('no row')
      },
      { name: 'product' },
    )
    site.app.get('/page', cache(), async (c) => {
      await product(c, {}).catch(() => {})
      return c.text(made())
    })
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })
})

describe('a page over one connection, made of a memo over another', () => {
  fakeDate()
  const OTHERS: [string, RedisCacheOptions, RedisCacheOptions][] = [
    ['another timeout', { timeout: 300 }, {}],
    ['another near tier', {}, { near: { seconds: 0 } }],
    ['another prefix', { prefix: 'a' }, { prefix: 'b' }],
    ['another store', { store: memoryStore() }, {}],
  ]
  /** `/page` is cached over the one, and its memo kept over the other. */
  function twoDeep(above: RedisCacheOptions, below: RedisCacheOptions, own: MiddlewareHandler = passOn) {
    const store = memoryStore()
    const site = openSite({ store, ...above })
    const { waitUntil, onEvent } = site.options as Required<RedisCacheOptions>
    const product = part('product')
    const sub = new Hono()
    sub.use(redisCache({ store, waitUntil, onEvent, ...below }))
    sub.get('/page', own, async (c) => c.text(await product(c, {})))
    sub.post('/clear', async (c) => c.text(String(await c.get('cache').clear({ tag: 'product' }))))
    site.app.use(cache()).route('/', sub)
    return site
  }

  test.each(OTHERS)(
    '%s: what clears the memo clears the page, or the page is not stored',
    async (_, ...two) => {
      const site = twoDeep(...two)
      await site.get('/page')
      expect((await site.get('/page')).body).toBe('one')
      expect((await site.get('/clear', { method: 'POST' })).body).toBe('true')
      expect((await site.get('/page')).body).toBe('two')
    },
  )

  test.each(OTHERS)('%s: nor is it renewed by a 304 that has asked the memo', async (_, ...two) => {
    const product = part('product')
    const site = twoDeep(...two, async (c) => {
      if (!c.req.header('if-none-match')) return c.text('page', 200, { etag: '"v1"' })
      await product(c, {})
      return c.body(null, 304)
    })
    await site.get('/page')
    pass(60)
    const { body, cache } = await site.get('/page')
    expect([body, cache]).toEqual(['page', expect.stringMatching(/detail=lost$/)])
    expect((await site.get('/page')).cache).toMatch(/^fwd=stale/)
  })

  test.each(OTHERS)('%s: a page over that of the memo is stored as ever', async (_, ...two) => {
    const site = twoDeep(...two, cache())
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
    await site.get('/clear', { method: 'POST' })
    expect((await site.get('/page')).body).toBe('two')
  })
})

onBothStores('a memo of many tags', (open) => {
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `tag-${at}`)

  test.each<[string, (c: Context, count: number) => Promise<string>]>([
    ['of its own', (c, count) => memoize(() => 'made', { name: 'list', tags: () => numbered(count) })(c, {})],
    [
      'and those of the memos that it is made of',
      (c, count) => {
        const rows = numbered(count - 1).map((tag) => part(tag))
        const list = memoize(
          async ({ load }: { load: () => Promise<unknown> }) => {
            await load()
            return 'made'
          },
          { name: 'list', tags: ['list'], exclude: ['load'] },
        )
        return list(c, { load: () => Promise.all(rows.map((row) => row(c, {}))) })
      },
    ],
  ])('is stored with 64 %s, and not with 65, which each look-up would ask for', async (_, list) => {
    const site = open()
    site.app.get('/:count', async (c) => c.text(await list(c, Number(c.req.param('count')))))
    const outcomes = async (count: number) => {
      site.transcript()
      expect((await site.get(`/${count}`)).body).toBe('made')
      return site.transcript().filter((line) => line.includes(' memoize list') && !line.startsWith('miss'))
    }
    expect(await outcomes(65)).toEqual([
      'not-stored GET memoize list {reason: too-many-tags, detail: it has more than 64 tags}',
    ])
    expect(await outcomes(64)).toEqual(['stored GET memoize list {seconds: 60}'])
    expect(await outcomes(64)).toEqual(['hit GET memoize list {ttl: 60}'])
  })
})

onRedis('a page made of memos, on the wire', (world) => {
  test('parts of two epochs cannot be compared: the page is not stored', async () => {
    const { bridge, redis, open } = world()
    const site = open({ prefix: 'epochs' })
    const product = part('product')
    site.app.get('/page', cache(), async (c) => {
      await redis.command('DEL', 'epochs:clock')
      return c.text(await product(c, {}))
    })
    bridge.reset()
    await site.get('/page')
    expect(site.transcript()).toContain('not-stored GET /page {reason: lost}')
    // The clock of the page, a new one for the memo, and the memo: nobody asks Redis about the page.
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET', 'EVAL', 'MGET', 'EVAL', 'EVAL'])
  })

  test('a page costs one command for each memo, and none of them once it is a hit', async () => {
    const { bridge, open } = world()
    const site = open()
    const [a, b] = [part('a'), part('b')]
    site.app.get('/page', cache(), async (c) => c.text(`${await a(c, {})} ${await b(c, {})}`))
    site.app.get('/plain', async (c) => c.text(`${await a(c, {})} ${await b(c, {})}`))
    await site.get('/plain')
    const asked = async (path: string) => {
      bridge.reset()
      await site.get(path)
      return bridge.commands.map(([name]) => name)
    }
    expect(await asked('/plain')).toEqual(['MGET', 'MGET'])
    expect(await asked('/page')).toEqual(['MGET', 'MGET', 'MGET', 'EVAL'])
    expect(await asked('/page')).toEqual(['MGET'])
  })
})
