/** What the cache says of itself: Cache-Status beside that of earlier caches, `explain()`, and the handle itself. */
import { type Context, Hono } from 'hono'
import { expect, test, vi } from 'vitest'
import { cache, type Explanation, memoize, memoryStore, redisCache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('explanations', (open) => {
  test('explain() tells what was looked up, what was decided, and why', async () => {
    const site = open()
    let explained: Explanation | undefined
    const explain = async (c: Context, next: () => Promise<void>) => {
      await next()
      explained = c.get('cache').explain()
    }
    site.app.get(
      '/products/:id',
      explain,
      cache({ expire: 300, namespace: 'catalog', tags: (c) => [`product:${c.req.param('id')}`] }),
      (c) => c.text('made'),
    )
    await site.get('/products/1?b=2&a=1')
    expect(explained).toMatchInlineSnapshot(`
      {
        "events": [
          {
            "key": "139b5f2a0e399af2da43bfbe6b17d10f",
            "method": "GET",
            "milliseconds": 0,
            "namespace": "catalog",
            "reason": "uri-miss",
            "route": "/products/:id",
            "type": "miss",
          },
          {
            "method": "GET",
            "milliseconds": 0,
            "namespace": "catalog",
            "route": "/products/:id",
            "status": 200,
            "type": "handled",
          },
        ],
        "inputs": {
          "ignored": [],
          "keyed": [],
          "learned": [],
          "refused": [],
        },
        "lookedUp": {
          "key": "139b5f2a0e399af2da43bfbe6b17d10f",
          "namespace": "catalog",
          "scopes": [
            "a",
            "n:catalog",
            "p:%2Fproducts%2F1",
            "t:product%3A1",
          ],
          "text": "["GET","http://localhost","/products/1",["a","1","b","2"],[],null]",
        },
      }
    `)
    await site.get('/products/1?b=2&a=1')
    expect(explained?.events).toMatchInlineSnapshot(`
      [
        {
          "key": "139b5f2a0e399af2da43bfbe6b17d10f",
          "method": "GET",
          "milliseconds": 0,
          "namespace": "catalog",
          "route": "/products/:id",
          "ttl": 300,
          "type": "hit",
        },
      ]
    `)
  })

  test('where nothing was looked up it says so', async () => {
    const site = open()
    let explained: Explanation | undefined
    site.app.post('/page', cache(), (c) => {
      explained = c.get('cache').explain()
      return c.text('made')
    })
    await site.get('/page', { method: 'POST' })
    expect(explained).toMatchInlineSnapshot(`
      {
        "events": [
          {
            "method": "POST",
            "reason": "method",
            "route": "/page",
            "type": "bypass",
          },
        ],
        "inputs": {
          "ignored": [],
          "keyed": [],
          "learned": [],
          "refused": [],
        },
        "lookedUp": null,
      }
    `)
  })

  test('explain() names what the route declares, and what that stands for', async () => {
    const site = open()
    const vary = { headers: ['x-tenant'], cookies: ['theme'], vars: ['user'], covers: ['authorization'] }
    let inputs: Explanation['inputs'] | undefined
    site.app.use(async (c, next) => {
      c.set('user' as never, 'ann' as never)
      await next()
      inputs = c.get('cache').explain().inputs
    })
    site.app.get('/page', cache({ vary }), (c) => c.text(String(c.req.header('authorization') !== '')))
    await site.get('/page')
    expect(inputs).toEqual({
      keyed: ['header x-tenant', 'cookie theme', 'var user'],
      learned: [],
      ignored: ['header authorization'],
      refused: [],
    })
  })

  test('Cache-Status of an earlier cache is kept, and ours appended', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made', 200, { 'cache-status': 'Origin; hit; ttl=5' }))
    expect((await site.get('/page')).headers.get('cache-status')).toBe(
      'Origin; hit; ttl=5, hono-redis-cache; fwd=uri-miss; stored',
    )
    expect((await site.get('/page')).headers.get('cache-status')).toBe(
      'Origin; hit; ttl=5, hono-redis-cache; hit; ttl=60',
    )
  })

  test("an app's own variable named cache cannot shadow the state", async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.set('cache', { mine: true } as never)
      await next()
    })
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('a listener that throws breaks nothing', async () => {
    const site = open({
      onEvent: () => {
        throw new Error('the log is full')
      },
    })
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ status: 200, cache: 'hit; ttl=60' })
  })

  test('of a request that goes on and on, the latest events are kept', async () => {
    const site = open()
    const memo = memoize(async ({ id }: { id: number }) => id, { name: 'memo' })
    site.app.get('/page', async (c) => {
      for (let id = 0; id < 600; id++) await memo(c, { id })
      await memo(c, { id: 599 })
      const { events } = c.get('cache').explain()
      return c.json([events.length, events.at(-1)?.type])
    })
    expect((await site.get('/page')).body).toBe('[1000,"hit"]')
  })

  test('the handle may be taken apart', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => {
      const { tag, skip, explain } = c.get('cache')
      tag('a')
      skip('why not')
      return c.text(String(explain().events.length))
    })
    expect(await site.get('/page')).toMatchObject({ body: '1', cache: 'fwd=uri-miss; detail=skipped' })
  })

  test('what an app does to an explanation changes nothing for anybody', async () => {
    const site = open()
    const made = counter()
    const spoil = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      for (const member of Object.values(value)) spoil(member)
      if (Array.isArray(value)) value.length = 0
    }
    site.app.use(async (c, next) => {
      await next()
      if (c.req.path !== '/clear') spoil(c.get('cache').explain())
    })
    site.app.get('/page', cache(), (c) => c.text(`${made()} ${c.req.header('accept-language')}`))
    site.app.get('/clear', async (c) => c.json(await c.get('cache').clear({ path: '/page' })))
    const page = () => site.get('/page', { headers: { 'accept-language': 'de' } })
    expect(await page()).toMatchObject({ body: 'one de' })
    for (let i = 0; i < 2; i++) expect(await page()).toMatchObject({ body: 'one de', cache: 'hit; ttl=60' })
    expect((await site.get('/clear')).body).toBe('true')
    expect(await page()).toMatchObject({ body: 'two de' })
    expect(await page()).toMatchObject({ body: 'two de', cache: 'hit; ttl=60' })
  })
})

const NO_USER =
  "the variable user has no value; set it above cache(), to a word such as 'nobody' for those who have none"

test('without onEvent, warnings go to console.warn, each kind once per route', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const app = new Hono()
  app.use(redisCache({ store: memoryStore() }))
  for (const route of ['/a', '/b']) app.get(route, cache({ vary: { vars: ['user'] } }), (c) => c.text('made'))
  for (const path of ['/a', '/a', '/b', '/a']) await app.request(path)
  expect(warn.mock.calls).toEqual([
    [`hono-redis-cache at GET /a: not cached, because ${NO_USER}`],
    [`hono-redis-cache at GET /b: not cached, because ${NO_USER}`],
  ])
  warn.mockRestore()
})
