/** What `clear()` answers: `true` for what the store has confirmed, and never a claim that it cannot know to be so. */
import { Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type CacheHandle, cache, memoryStore, openCache, redisCache, redisStore } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, onRedis } from '../support/stores.ts'

onBothStores('openCache', (open) => {
  test('clears outside a request, and is seen by those inside', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ namespace: 'catalog' }), (c) => c.text(made()))
    await site.get('/page')
    const { onEvent: _onEvent, waitUntil: _waitUntil, ...where } = site.options
    const told: string[] = []
    const { clear } = openCache({ ...where, onEvent: ({ type }) => told.push(type) })
    expect(await clear({ namespace: 'catalog' })).toBe(true)
    expect((await site.get('/page')).body).toBe('two')
    expect(await clear()).toBe(true)
    expect((await site.get('/page')).body).toBe('three')
    await expect(clear({ tag: '' })).rejects.toThrow(TypeError)
    expect(told).toEqual(['clear', 'clear', 'misconfigured'])
  })
})

onBothStores('a clear in middleware above', (open) => {
  test('is told of the route that answers', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await c.get('cache').clear({ tag: 'a' })
      await next()
    })
    site.app.get('/products/:id', (c) => c.text('made'))
    await site.get('/products/7')
    expect(site.events).toContainEqual(expect.objectContaining({ type: 'clear', route: '/products/:id' }))
  })
})

test('openCache() without a store to clear is a mistake that throws', () => {
  expect(() => openCache()).toThrow('there is no store to clear')
  expect(() => openCache({ url: 'https://example.com' })).toThrow('url and token need each other')
})

describe('the implicit memory store', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  /** Two requests of an app on its embedded store: what a clear says, and what it did. */
  async function clearOnEmbedded() {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const pending: Promise<unknown>[] = []
    const made = counter()
    const app = new Hono()
    app.use(redisCache({ waitUntil: (promise) => void pending.push(promise) }))
    app.get('/page', cache(), (c) => c.text(made()))
    app.post('/clear', async (c) => c.json(await c.get('cache').clear()))
    await app.request('/page')
    await Promise.all(pending)
    const said = await (await app.request('/clear', { method: 'POST' })).json()
    return { said, page: await (await app.request('/page')).text() }
  }

  test('in one process it clears, and says so', async () => {
    expect(await clearOnEmbedded()).toEqual({ said: true, page: 'two' })
  })

  test.each([
    ['Workers', () => vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })],
    ['Vercel Edge', () => vi.stubGlobal('EdgeRuntime', 'edge') && vi.stubGlobal('navigator', undefined)],
    ['Fastly', () => vi.stubGlobal('fastly', {}) && vi.stubGlobal('navigator', undefined)],
    ['Lambda', () => vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'app')],
  ])('on %s there are other isolates: it clears its own and answers false', async (_, on) => {
    on()
    expect(await clearOnEmbedded()).toEqual({ said: false, page: 'two' })
  })

  test('a store that was given is the word of its giver', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'app')
    const { clear } = openCache({ store: memoryStore() })
    expect(await clear()).toBe(true)
  })
})

onRedis('confirmation', (world) => {
  test('one command, whatever is cleared', async () => {
    const site = world().open()
    const { bridge } = world()
    for (const target of [{ namespace: 'a' }, { tags: ['a', 'b', 'c'] }, { path: '/a' }, { key: 'a' }]) {
      bridge.reset()
      await site.clear(target)
      expect(bridge.commands.map(([name]) => name)).toEqual(['EVAL'])
    }
  })

  test('false when the store could not, and no exception: the write before it has succeeded', async () => {
    const site = world().open()
    world().bridge.fault = { kind: 'status-500' }
    expect(await site.clear({ tag: 'a' })).toBe(false)
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "store-failed POST /clear {operation: clear, reason: failed}",
        "clear POST /clear {scopes: t:a, confirmed: false}",
      ]
    `)
    world().bridge.fault = null
  })

  test('a full Redis that only deletes is cleared as a whole, and that is true', async () => {
    const { redis, bridge } = world()
    const site = world().open()
    const made = counter()
    site.app.get('/page', cache(), (c) => c.text(made()))
    await site.get('/page')
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      bridge.reset()
      expect(await site.clear({ tag: 'unrelated' })).toBe(true)
      expect(bridge.commands.map(([name]) => name)).toEqual(['EVAL', 'DEL'])
    } finally {
      await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    }
    expect((await site.get('/page')).body).toBe('two')
  })

  test('any client with send() will do', async () => {
    const { redis } = world()
    const client = { send: (command: (string | number)[]) => redis.command(...command) }
    const handles: CacheHandle[] = []
    for (const where of [{ redis: client }, { store: redisStore(client) }]) {
      const app = new Hono().use(redisCache(where)).get('/', (c) => {
        handles.push(c.get('cache'))
        return c.body(null)
      })
      await app.request('/')
    }
    for (const { clear } of handles) expect(await clear()).toBe(true)
  })
})
