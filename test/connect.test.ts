/** Which configurations share a connection, and with it what its requests know of each other. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../src/connect.ts'
import { cache, memoryStore } from '../src/index.ts'
import { openSite } from './support/site.ts'

const OPTIONS = {
  url: 'https://redis.example',
  token: 'a',
  prefix: 'p',
  timeout: 1,
  near: { seconds: 1, maxBytes: 1 },
}

test('equal ones share it', () => {
  expect(connect({ ...OPTIONS, near: { ...OPTIONS.near } })).toBe(connect(OPTIONS))
})

test.each<object>([
  { url: 'https://other.example' },
  { token: 'b' },
  { prefix: 'q' },
  { timeout: 2 },
  { timeout: { read: 1, write: 2 } },
  { near: { seconds: 2, maxBytes: 1 } },
  { near: { seconds: 1, maxBytes: 2 } },
])('none has that of another with %j', (other) => {
  expect(connect({ ...OPTIONS, ...other })).not.toBe(connect(OPTIONS))
})

test('each client, and each store, has its own', () => {
  const client = () => ({ send: async () => null })
  const [redis, store] = [client(), memoryStore()]
  expect(connect({ redis })).toBe(connect({ redis }))
  expect(connect({ redis: client() })).not.toBe(connect({ redis }))
  expect(connect({ store })).toBe(connect({ store }))
  expect(connect({ store: memoryStore() })).not.toBe(connect({ store }))
})

test('two prefixes in one store know nothing of each other', async () => {
  const store = memoryStore()
  const [a, b] = ['a', 'b'].map((prefix) => {
    const site = openSite({ store, prefix })
    site.app.get('/page', cache(), (c) => c.text(`of ${prefix}`))
    return site
  })
  for (const site of [a, b]) await site!.get('/page')
  await a!.clear()
  expect(await b!.get('/page')).toMatchObject({ body: 'of b', cache: expect.stringMatching(/^hit/) })
  expect((await a!.get('/page')).body).toBe('of a')
})

test('a hundred are kept: of those that are made for each request, the one that was not used for longest is forgotten', () => {
  const store = memoryStore()
  const at = (prefix: number) => connect({ store, prefix: String(prefix) })
  const all = Array.from({ length: 100 }, (_, prefix) => at(prefix))
  expect(at(0)).toBe(all[0])
  at(100)
  expect(at(0)).toBe(all[0])
  expect(at(2)).toBe(all[2])
  expect(at(1)).not.toBe(all[1])
})

describe('a store that hangs', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  const never = () => new Promise<never>(() => {})
  const QUERY = { entries: ['e'], scopes: ['a'] }

  async function failsAfter(ms: number, call: Promise<unknown>) {
    let failed = false
    const ending = call.catch(() => {
      failed = true
    })
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(failed).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await ending
    expect(failed).toBe(true)
  }

  test.each([
    [undefined, 500, 5_000],
    [8, 8, 8],
    [{ read: 8 }, 8, 5_000],
    [{ write: 8 }, 500, 8],
  ])('is waited for as timeout says: %j', async (timeout, read, write) => {
    vi.useFakeTimers()
    const where = timeout === undefined ? {} : { timeout }
    const hanging = { ...memoryStore(), lookUp: never, clear: never }
    const { store, deadline } = connect({ store: hanging, ...where })
    expect(deadline).toBe(read)
    await failsAfter(read, store.lookUp(QUERY))
    await failsAfter(write, store.clear(['a']))
  })

  test('behind a URL is, too, and its requests are ended', async () => {
    const signals: AbortSignal[] = []
    vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return signals.length === 1 ? Promise.reject(new Error('down')) : never()
    })
    const { store } = connect({ ...OPTIONS, prefix: 'hangs', timeout: { read: 8, write: 20 } })
    // The client is there then.
    await store.lookUp(QUERY).catch(() => {})
    vi.useFakeTimers()
    await failsAfter(8, store.lookUp(QUERY))
    await failsAfter(20, store.clear(['a']))
    expect(signals.slice(-2).map(({ aborted }) => aborted)).toEqual([true, true])
  })
})
