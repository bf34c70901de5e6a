/** A clear that failed is retried until it is made; until then this isolate caches nothing that it covers. */
import { Hono } from 'hono'
import { beforeEach, expect, test, vi } from 'vitest'
import { type CacheEvent, type CacheHandle, cache, openCache, redisCache } from '../../src/index.ts'
import { counter, read } from '../support/site.ts'
import { NOON, onRedis } from '../support/stores.ts'

onRedis('a clear that failed', (world) => {
  // The pauses between two attempts are timers of ours.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: NOON })
  })

  const writesFail = () => {
    world().bridge.fault = { kind: 'status-500', when: ([name]) => name === 'EVAL' }
  }

  test('is made in the background, and meanwhile what it covers goes past the cache', async () => {
    const site = world().open()
    const made = counter()
    site.app.get('/catalog', cache({ namespace: 'catalog' }), (c) => c.text(made()))
    site.app.get('/other', cache(), (c) => c.text(made()))
    await site.get('/catalog')
    await site.get('/other')

    writesFail()
    expect(await site.clear({ namespace: 'catalog' })).toBe(false)
    // What is there was computed before the clear: it is not served, and nothing takes its place.
    for (const body of ['three', 'four']) {
      const answer = await read(await site.fetch('/catalog'))
      expect(answer).toMatchObject({ body, cache: 'fwd=bypass; detail=clear-pending' })
    }
    expect(await read(await site.fetch('/other'))).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })

    const attempts = world().bridge.commands.filter(([name]) => name === 'EVAL').length
    await vi.advanceTimersByTimeAsync(1000)
    await vi.waitFor(() =>
      expect(world().bridge.commands.filter(([name]) => name === 'EVAL')).toHaveLength(attempts + 1),
    )
    expect((await read(await site.fetch('/catalog'))).cache).toBe('fwd=bypass; detail=clear-pending')

    world().bridge.fault = null
    await vi.advanceTimersByTimeAsync(2000)
    await site.settle()
    expect(await site.get('/catalog')).toMatchObject({ body: 'six', cache: 'fwd=miss; stored' })
    expect(await site.get('/catalog')).toMatchObject({ body: 'six', cache: 'hit; ttl=60' })
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /catalog {reason: uri-miss}",
        "stored GET /catalog {seconds: 60}",
        "miss GET /other {reason: uri-miss}",
        "stored GET /other {seconds: 60}",
        "store-failed POST /clear {operation: clear, reason: failed}",
        "clear POST /clear {scopes: n:catalog, confirmed: false}",
        "bypass GET /catalog {reason: clear-pending}",
        "bypass GET /catalog {reason: clear-pending}",
        "hit GET /other {ttl: 60}",
        "bypass GET /catalog {reason: clear-pending}",
        "miss GET /catalog {reason: invalid}",
        "stored GET /catalog {seconds: 60}",
        "hit GET /catalog {ttl: 60}",
      ]
    `)
  })

  test('is not forgotten where many other configurations are opened meanwhile', async () => {
    const { options } = world().open()
    const app = new Hono()
    app.use(redisCache((c) => ({ ...options, prefix: c.req.header('tenant')! })))
    app.get('/page', cache(), (c) => c.text('made'))
    app.post('/clear', async (c) => c.json(await c.get('cache').clear()))
    const ask = async (tenant: string, path = '/page', method = 'GET') =>
      read(await app.request(path, { method, headers: { tenant } }))
    await ask('first')
    writesFail()
    expect((await ask('first', '/clear', 'POST')).body).toBe('false')
    for (let i = 0; i < 120; i++) await ask(`tenant ${i}`)
    expect((await ask('first')).cache).toBe('fwd=bypass; detail=clear-pending')
  })

  test('outside a request is known inside one, and the other way round', async () => {
    const site = world().open()
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    const { onEvent: _onEvent, waitUntil, ...where } = site.options
    const retries: Promise<unknown>[] = []
    const { clear } = openCache({ ...where, waitUntil: (promise) => void retries.push(promise) })
    writesFail()
    expect(await clear()).toBe(false)
    expect((await read(await site.fetch('/page'))).cache).toBe('fwd=bypass; detail=clear-pending')
    world().bridge.fault = null
    expect(await site.clear()).toBe(true)
    expect((await read(await site.fetch('/page'))).cache).toBe('fwd=miss; stored')
    await vi.advanceTimersByTimeAsync(1000)
    await Promise.all(retries)
  })

  test('outside a request is a warning, or an event to whoever listens', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { onEvent: _onEvent, waitUntil: _waitUntil, ...where } = world().open().options
    writesFail()
    const { clear } = openCache(where)
    for (let i = 0; i < 2; i++) expect(await clear({ tag: 'a' })).toBe(false)
    expect(warn.mock.calls.flat()).toEqual([
      'hono-redis-cache: the store gave no answer to a clear (failed): no connection, or an error; send a PING by the same client to see which; the clear is tried again for ten minutes',
      'hono-redis-cache: a clear could not be confirmed, so other isolates may still answer from before it',
    ])
    warn.mockClear()

    const events: CacheEvent[] = []
    const onEvent = (event: CacheEvent) => {
      events.push(event)
      throw new Error('of a listener')
    }
    expect(await openCache({ ...where, onEvent }).clear({ tag: 'a' })).toBe(false)
    world().bridge.fault = null
    expect(await openCache({ ...where, onEvent }).clear({ tag: 'a' })).toBe(true)
    const outside = { method: '', route: '' }
    expect(events).toEqual([
      { ...outside, type: 'store-failed', operation: 'clear', reason: 'failed' },
      { ...outside, type: 'clear', scopes: ['t:a'], confirmed: false },
      { ...outside, type: 'clear', scopes: ['t:a'], confirmed: true },
    ])
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  test('outside a request answers false, whatever `waitUntil` thinks of it', async () => {
    const { onEvent: _onEvent, ...where } = world().open().options
    const illegal = () => {
      throw new TypeError('Illegal invocation')
    }
    const { clear } = openCache({ ...where, waitUntil: illegal })
    writesFail()
    expect(await clear({ tag: 'product' })).toBe(false)
  })

  test('of everything, with the handle in hand, bypasses all', async () => {
    const site = world().open()
    let handle: CacheHandle | undefined
    site.app.get('/page', cache(), (c) => {
      handle = c.get('cache')
      return c.text('made')
    })
    await site.get('/page')
    writesFail()
    expect(await handle?.clear()).toBe(false)
    expect((await read(await site.fetch('/page'))).cache).toBe('fwd=bypass; detail=clear-pending')
    world().bridge.fault = null
    await vi.advanceTimersByTimeAsync(1000)
    await site.settle()
    expect((await site.get('/page')).cache).toBe('fwd=miss; stored')
  })
})
