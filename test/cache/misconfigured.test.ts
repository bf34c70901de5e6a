/** Configuration that comes with a request, from a function or the environment: a mistake is an event and a bypass. */
import { Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type CacheEvent, cache, memoryStore, type RedisCacheOptions, redisCache } from '../../src/index.ts'
import { counter, lineOf } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

/** An app whose options are made for each request. */
function appWith(options: () => RedisCacheOptions) {
  const made = counter()
  const app = new Hono()
  app.use(redisCache(options))
  app.get('/page', cache(), (c) => c.text(made()))
  app.post('/clear', async (c) => c.json(await c.get('cache').clear()))
  return app
}

onBothStores('the function form', (open) => {
  test('works as the literal one', async () => {
    const { options } = open()
    const pending: Promise<unknown>[] = []
    const app = appWith(() => ({ ...options, waitUntil: (promise) => void pending.push(promise) }))
    await app.request('/page')
    await Promise.all(pending)
    expect(await (await app.request('/page')).text()).toBe('one')
  })
})

describe('a function that makes a store with each request', () => {
  const warningsOf = async (options: (request: number) => RedisCacheOptions) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    let requests = 0
    const app = appWith(() => options(requests++))
    while (requests < 50) await app.request('/page')
    const said = warn.mock.calls.map(([warning]) => warning)
    warn.mockRestore()
    return said
  }

  test('is told that nothing is kept from one to the next', async () => {
    expect(await warningsOf(() => ({ store: memoryStore() }))).toEqual([
      expect.stringContaining('each of the last requests was given a new redis or store'),
    ])
    const redis = memoryStore()
    const send = async () => redis
    expect(await warningsOf(() => ({ redis: { send } }))).toContainEqual(
      expect.stringContaining('make it once, and give the same one each time'),
    )
  })

  test('one for each tenant is none', async () => {
    const stores = Array.from({ length: 25 }, () => memoryStore())
    expect(await warningsOf((request) => ({ store: stores[Math.floor(request / 2)]! }))).toEqual([])
  })
})

describe('a mistake in the function form', () => {
  test.each<[string, () => unknown, string]>([
    ['an unknown option', () => ({ expires: 1 }), 'there is no option "expires"'],
    [
      'a malformed URL',
      () => ({ url: 'redis://secret', token: 'secret' }),
      'url must be an http:// or https:// URL without quotes, spaces, credentials or query',
    ],
    ['a URL without a token', () => ({ url: 'https://secret.example' }), 'url and token need each other'],
    ['nothing', () => undefined, 'expected an object of options'],
    ['a promise', async () => ({}), 'expected an object of options, got a promise'],
    [
      // Which, with nobody listening, would end a Node process, and fails this run.
      'a promise that rejects',
      () => Promise.reject(new Error('secret')),
      'expected an object of options, got a promise',
    ],
    [
      'a throw',
      () => {
        throw new Error('secret')
      },
      'the function of redisCache() threw Error',
    ],
  ])('%s', async (_, options, told) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const app = appWith(options as () => RedisCacheOptions)
    for (const body of ['one', 'two']) {
      const response = await app.request('/page')
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(body)
      expect(response.headers.get('cache-status')).toBe('hono-redis-cache; fwd=bypass; detail=configuration')
    }
    expect(await (await app.request('/clear', { method: 'POST' })).json()).toBe(false)
    const warnings = warn.mock.calls.join('\n')
    expect(warnings).toContain(told)
    expect(warnings).not.toContain('secret')
    warn.mockRestore()
  })
})

describe('the environment', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test.each<[string, Record<string, string>, string]>([
    [
      'a URL without its token',
      { UPSTASH_REDIS_REST_URL: 'https://secret.example' },
      'UPSTASH_REDIS_REST_URL is set and UPSTASH_REDIS_REST_TOKEN is not; set both',
    ],
    [
      'a token without its URL',
      { KV_REST_API_TOKEN: 'secret' },
      'KV_REST_API_TOKEN is set and KV_REST_API_URL is not; set both',
    ],
    [
      'a malformed URL',
      { UPSTASH_REDIS_REST_URL: 'secret', UPSTASH_REDIS_REST_TOKEN: 'secret' },
      'UPSTASH_REDIS_REST_URL must be an http:// or https:// URL without quotes, spaces, credentials or query; got a string',
    ],
  ])('%s: an event and a bypass, never a 500', async (_, variables, detail) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    const events: CacheEvent[] = []
    const app = new Hono()
    app.use(redisCache({ onEvent: (event) => void events.push(event) }))
    app.get('/page', cache(), (c) => c.text('made'))
    const response = await app.request('/page')
    expect(response.status).toBe(200)
    expect(events.map(lineOf)).toEqual([
      `misconfigured GET {detail: ${detail}}`,
      'bypass GET /page {reason: configuration}',
    ])
  })

  test('credentials in it are used, and mended ones at the next request', async () => {
    const events: CacheEvent[] = []
    const app = new Hono()
    app.use(redisCache({ onEvent: (event) => void events.push(event), timeout: 50 }))
    app.get('/page', cache(), (c) => c.text('made'))
    vi.stubEnv('KV_REST_API_URL', 'nonsense')
    vi.stubEnv('KV_REST_API_TOKEN', 'token')
    await app.request('/page')
    vi.stubEnv('KV_REST_API_URL', 'http://127.0.0.1:1')
    await app.request('/page')
    expect(events.map(({ type }) => type)).toEqual(['misconfigured', 'bypass', 'store-failed', 'bypass'])
  })

  test('with nothing in it, entries are kept in memory, and one warning says so', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const pending: Promise<unknown>[] = []
    const made = counter()
    const app = new Hono()
    app.use(redisCache({ waitUntil: (promise) => void pending.push(promise) }))
    app.get('/page', cache(), (c) => c.text(made()))
    await app.request('/page')
    await Promise.all(pending)
    expect(await (await app.request('/page')).text()).toBe('one')
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('no Redis is configured, so entries are kept in the memory of this process')],
    ])
    warn.mockRestore()
  })
})
