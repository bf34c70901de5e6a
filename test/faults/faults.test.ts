/**
 * Each way in which a store can fail, against a running app: the handler answers every request, in time, and after five
 * failures the store is not even asked.
 */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { FAULT_KINDS, type FaultKind } from '../fixtures/bridge-faults.ts'
import { type Running, run } from '../support/running.ts'
import { counter, type Site } from '../support/site.ts'
import { onRedis, pass, type RedisWorld } from '../support/stores.ts'

const READ_MS = 100
/** What the machine may take beside the deadline; the benchmark measures the real figure. */
const SLACK_MS = 250

interface Trouble {
  readonly name: string
  begin(world: RedisWorld): unknown
  end(world: RedisWorld): unknown
}

const onTheWire = (kind: FaultKind): Trouble => ({
  name: kind,
  begin: ({ bridge }) => {
    bridge.fault = { kind, interval: 30 }
  },
  end: ({ bridge }) => {
    bridge.fault = null
  },
})

const TROUBLES: Trouble[] = [
  ...FAULT_KINDS.map(onTheWire),
  { name: 'port closed', begin: ({ bridge }) => bridge.close(), end: ({ bridge }) => bridge.open() },
  {
    name: 'Redis stopped with SIGSTOP',
    begin: ({ redis }) => redis.pause(),
    end: ({ redis }) => redis.resume(),
  },
]

onRedis('a running app', (world) => {
  let running: Running
  afterEach(() => running.stop())

  async function start(): Promise<Site> {
    const site = world().open({ timeout: { read: READ_MS } })
    const made = counter()
    site.app.get('/page', cache({ expire: 300 }), (c) => c.text(made()))
    running = await run(site.app)
    expect((await running.get('/page')).body).toBe('one')
    await site.settle()
    expect(await running.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=300' })
    site.transcript()
    return site
  }

  test.each(TROUBLES)(
    '$name: answered by the handler in time, then at its own speed, then from the store again',
    async (trouble) => {
      const { bridge } = world()
      const site = await start()
      await trouble.begin(world())
      bridge.reset()

      for (const body of ['two', 'three', 'four', 'five', 'six']) {
        const answer = await running.get('/page')
        expect(answer).toMatchObject({ status: 200, body })
        expect(answer.cache).toMatch(/^fwd=bypass; detail=/)
        expect(answer.elapsed).toBeLessThan(READ_MS + SLACK_MS)
      }
      // What gets no answer is sent once more.
      if (trouble.name !== 'port closed') expect(bridge.requests).toBe(trouble.name === 'reset' ? 10 : 5)
      expect(site.events.filter((event) => 'breaker' in event)).toHaveLength(1)

      // The breaker is open: nobody is asked, and nothing is waited for.
      bridge.reset()
      for (const body of ['seven', 'eight', 'nine']) {
        const answer = await running.get('/page')
        expect(answer).toMatchObject({ status: 200, body, cache: 'fwd=bypass; detail=store' })
      }
      pass(9.9)
      expect((await running.get('/page')).body).toBe('10')
      expect(bridge.requests).toBe(0)

      await trouble.end(world())
      bridge.reset()
      pass(0.1)
      expect(await running.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=290' })
      expect(bridge.requests).toBe(1)
      expect((await running.get('/page')).cache).toBe('hit; ttl=290')
    },
  )

  test('a connection that has died meanwhile, as in a process that was frozen, costs neither a hit nor a clear', async () => {
    const { bridge } = world()
    const site = await start()
    bridge.fault = { kind: 'reset', times: 1 }
    expect(await running.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=300' })
    bridge.fault = { kind: 'reset', times: 1 }
    expect(await site.clear({ path: '/page' })).toBe(true)
    expect(await running.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=miss; stored' })
    expect(site.events.filter(({ type }) => type === 'store-failed')).toEqual([])
  })

  test('a store that hangs while the page is stored costs the client nothing', async () => {
    const { bridge } = world()
    const site = world().open({ timeout: { read: READ_MS, write: 150 } })
    const made = counter()
    site.app.get('/:page', cache(), (c) => c.text(made()))
    running = await run(site.app)
    await running.get('/first')
    await site.settle()
    bridge.fault = { kind: 'hang', when: ([name]) => name === 'EVAL' }
    const answer = await running.get('/page')
    expect(answer).toMatchObject({ status: 200, body: 'two' })
    expect(answer.elapsed).toBeLessThan(READ_MS)
    await site.settle()
    expect(site.transcript().slice(-3)).toMatchInlineSnapshot(`
      [
        "miss GET /:page {reason: uri-miss}",
        "store-failed GET /:page {operation: commit, reason: timeout}",
        "not-stored GET /:page {reason: store, detail: timeout}",
      ]
    `)
  })

  test('a store that hangs from the very first request on', async () => {
    world().bridge.fault = { kind: 'hang' }
    const site = world().open({ timeout: { read: READ_MS } })
    site.app.get('/page', cache(), (c) => c.text('made'))
    running = await run(site.app)
    const answer = await running.get('/page')
    expect(answer).toMatchObject({ status: 200, body: 'made', cache: 'fwd=bypass; detail=store' })
    expect(answer.elapsed).toBeLessThan(READ_MS + SLACK_MS)
  })

  test('a slow write has the time that writes have, over the wire as well', async () => {
    const site = await start()
    world().bridge.intercept = async ([name], forward) => {
      if (name === 'EVAL') await new Promise((resolve) => setTimeout(resolve, READ_MS * 1.4))
      return forward()
    }
    await running.get('/page?slow')
    await site.settle()
    expect(site.transcript().at(-1)).toMatch('stored GET /page')
  })

  test('a slow look-up and a slow clock share one deadline', async () => {
    // What is left of it is told by the clock, which has to run here.
    vi.useRealTimers()
    world().bridge.intercept = async (_, forward) => {
      await new Promise((resolve) => setTimeout(resolve, READ_MS * 0.7))
      return forward()
    }
    const site = world().open({ timeout: { read: READ_MS } })
    site.app.get('/page', cache(), (c) => c.text('made'))
    running = await run(site.app)
    const answer = await running.get('/page')
    expect(answer).toMatchObject({ body: 'made', cache: 'fwd=bypass; detail=store' })
    expect(answer.elapsed).toBeLessThan(READ_MS + SLACK_MS)
  })

  test('two look-ups of one request share one deadline', async () => {
    vi.useRealTimers()
    const site = world().open({ timeout: { read: READ_MS } })
    const elsewhere = world().open({ ...site.options, timeout: { read: READ_MS, write: 4999 } })
    for (const { app } of [site, elsewhere]) {
      // The same key on whatever host.
      app.get('/page', cache({ key: 'page' }), (c) => {
        c.get('cache').tag('own')
        return c.text('made')
      })
    }
    await site.get('/page')
    world().bridge.intercept = async (_, forward) => {
      await new Promise((resolve) => setTimeout(resolve, READ_MS * 0.7))
      return forward()
    }
    running = await run(elsewhere.app)
    const answer = await running.get('/page')
    expect(answer).toMatchObject({ body: 'made', cache: 'fwd=bypass; detail=store' })
    expect(answer.elapsed).toBeLessThan(READ_MS + SLACK_MS)
  })

  test('requests that come all at once wait for one deadline each, not for each other', async () => {
    await start()
    world().bridge.fault = { kind: 'hang' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => running.get('/page')))
    for (const { status, elapsed } of answers) {
      expect(status).toBe(200)
      expect(elapsed).toBeLessThan(READ_MS + SLACK_MS)
    }
  })

  test('a Redis that is full, without eviction, answers reads; what it cannot keep is made each time', async () => {
    const { redis } = world()
    const site = await start()
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      expect(await running.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=300' })
      for (const body of ['two', 'three', 'four', 'five', 'six', 'seven']) {
        const answer = await running.get('/page?new')
        expect(answer).toMatchObject({ status: 200, body })
        expect(answer.elapsed).toBeLessThan(READ_MS + SLACK_MS)
        await site.settle()
      }
      expect(site.transcript()).toContain('store-failed GET /page {operation: commit, reason: out-of-memory}')
    } finally {
      await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    }
    await running.get('/page?new')
    await site.settle()
    expect(await running.get('/page?new')).toMatchObject({
      body: 'eight',
      cache: 'hit; ttl=300',
    })
  })

  describe('a primary that hangs, behind a read replica that answers', () => {
    const hang = () => {
      world().bridge.fault = { kind: 'hang', when: ([name]) => name !== 'MGET' }
    }

    test('hits go on; after five misses that waited for it, nobody waits', async () => {
      const { bridge } = world()
      // The commits give up last: what is counted here are leases.
      const site = world().open({ timeout: { read: READ_MS, write: 1500 } })
      site.app.get('/page', cache({ expire: 300 }), (c) => c.text('page'))
      site.app.get('/leased/:id', cache({ lease: true }), (c) => c.text(c.req.param('id')))
      running = await run(site.app)
      await running.get('/page')
      await site.settle()
      hang()

      for (const id of ['one', 'two', 'three', 'four', 'five']) {
        const answer = await running.get(`/leased/${id}`)
        expect(answer).toMatchObject({ status: 200, body: id })
        expect(answer.elapsed).toBeGreaterThan(READ_MS - 5)
        expect(answer.elapsed).toBeLessThan(READ_MS + SLACK_MS)
        expect(await running.get('/page')).toMatchObject({ body: 'page', cache: 'hit; ttl=300' })
      }

      bridge.reset()
      for (const id of ['six', 'seven', 'eight']) {
        expect(await running.get(`/leased/${id}`)).toMatchObject({ status: 200, body: id })
        expect(await running.get('/page')).toMatchObject({ body: 'page', cache: 'hit; ttl=300' })
        expect(await site.clear({ tag: 'elsewhere' })).toBe(false)
      }
      expect(bridge.commands.map(([name]) => name)).toEqual(Array(6).fill('MGET'))

      bridge.fault = null
      pass(10)
      expect(await site.clear({ tag: 'elsewhere' })).toBe(true)
      expect((await running.get('/leased/nine')).body).toBe('nine')
      await site.settle()
      expect((await running.get('/leased/nine')).cache).toBe('hit; ttl=60')
    })

    test('where the replica has no clock, five misses wait for one, and the fifth says that no other will', async () => {
      const { bridge, redis } = world()
      const site = await start()
      await redis.command('FLUSHALL')
      hang()
      for (const body of ['two', 'three', 'four', 'five', 'six']) {
        expect(await running.get('/page')).toMatchObject({ body, cache: 'fwd=bypass; detail=store' })
      }
      expect(site.events.filter((event) => 'breaker' in event)).toHaveLength(1)
      bridge.reset()
      expect(await running.get('/page')).toMatchObject({ body: 'seven', cache: 'fwd=bypass; detail=store' })
      expect(bridge.commands.map(([name]) => name)).toEqual(['MGET'])
    })
  })

  test('a Redis that lost everything is filled again', async () => {
    const site = await start()
    await world().redis.command('FLUSHALL')
    expect((await running.get('/page')).body).toBe('two')
    await site.settle()
    expect(await running.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=300' })
  })
})
