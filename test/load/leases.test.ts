/** Leases: of the misses in many isolates one runs the handler, and nobody waits for a holder that brings nothing. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate, type Open, onBothStores, onRedis, pass } from '../support/stores.ts'
import { type Crowded, crowd, elsewhere, times } from './crowd.ts'

/** Longer than a test may take: whoever waited for it would fail. */
const LEASED = { lease: true, coalesceWait: 60 }

type Pair = readonly [here: Crowded, there: Crowded]

/** Two isolates that share a store. */
function two(
  open: Open,
  ...how: Parameters<typeof crowd> extends [unknown, ...infer Rest] ? Rest : never
): Pair {
  const here = crowd(open(), ...how)
  return [here, crowd(elsewhere(here, open), ...how)]
}

onBothStores('leases', (open) => {
  test('of two isolates one runs the handler, and the other one’s requests have what it made', async () => {
    const [here, there] = two(open, LEASED)
    const { answer } = await here.lead()
    const { answers } = await there.follow(...times(5))
    here.gate.open()
    expect((await answer).body).toBe('one')
    for (const { body, cache } of await answers)
      expect([body, cache]).toEqual(['one', 'fwd=uri-miss; ttl=60; collapsed'])
    expect([here.runs(), there.runs()]).toEqual([1, 0])
  })

  test('without a lease both do', async () => {
    const [here, there] = two(open, { coalesceWait: 60 })
    await here.lead()
    there.gate.open()
    await (await there.follow(undefined)).answers
    expect([here.runs(), there.runs()]).toEqual([1, 1])
    here.gate.open()
  })

  test('who wants more than what the holder has made runs the handler as soon as it has the lease', async () => {
    const [here, there] = two(open, { ...LEASED, policy: 'standard', expire: 60 })
    const { answer } = await here.lead()
    there.gate.open()
    const { answers } = await there.follow({ headers: { 'cache-control': 'min-fresh=90' } })
    here.gate.open()
    await answer
    expect((await answers)[0]!.cache).toBe('fwd=uri-miss; stored')
    expect([here.runs(), there.runs()]).toEqual([1, 1])
  })

  test('a holder whose answer is its own gives the lease back at once', async () => {
    const [here, there] = two(open, LEASED, (c, body) => c.text(body, 200, { 'cache-control': 'private' }))
    await here.lead()
    there.gate.open()
    const { answers } = await there.follow(undefined)
    here.gate.open()
    expect((await answers)[0]!.cache).toBe('fwd=uri-miss; detail=private')
    expect([here.runs(), there.runs()]).toEqual([1, 1])
  })

  test('so does one that throws what is no Error, which Hono lets through', async () => {
    const [here, there] = two(open, LEASED, () => {
      throw 'nothing'
    })
    here.gate.open()
    there.gate.open()
    await expect(here.get('/page')).rejects.toBe('nothing')
    await expect(there.get('/page')).rejects.toBe('nothing')
  })

  test('a holder that hangs, or has died, costs the lease’s time and no more', async () => {
    const [here, there] = two(open, { lease: true, coalesceWait: 0.1 })
    await here.lead()
    there.gate.open()
    const { answers } = await there.follow(...times(3))
    for (const { status } of await answers) expect(status).toBe(200)
    here.gate.open()
  })

  test('where nobody is to wait, it is of the shortest time that Redis takes', async () => {
    const site = crowd(open(), { lease: true, coalesceWait: 0 })
    site.gate.open()
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
    expect(site.events.filter(({ type }) => type === 'store-failed')).toEqual([])
  })

  test('where the platform makes no random id, nobody has a lease, and the handler answers', async () => {
    const site = crowd(open(), LEASED)
    site.gate.open()
    // There is a clock then, which takes such an id as well.
    await site.clear()
    const random = vi.spyOn(crypto, 'randomUUID').mockImplementation(() => {
      throw new TypeError('crypto.randomUUID is not a function')
    })
    onTestFinished(() => random.mockRestore())
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'fwd=uri-miss; stored' })
    expect(site.transcript()).toContain('store-failed GET /page {operation: lease, reason: failed}')
  })

  test('in a stale window nobody waits: one refreshes, the others answer with what is there', async () => {
    const [here, there] = two(open, { ...LEASED, expire: 60, staleWhileRevalidate: 600 })
    here.gate.open()
    await here.get('/page')
    pass(70)
    const slow = here.again()
    expect(await (await here.fetch('/page')).text()).toBe('one')
    await slow.arrived
    expect(await there.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=-10' })
    expect(there.runs()).toBe(0)
    slow.open()
    await here.settle()
    expect((await there.get('/page')).body).toBe('two')
    expect([here.runs(), there.runs()]).toEqual([2, 0])
  })
})

describe('a lease and the requests of one isolate', () => {
  fakeDate()

  /** An isolate beside another one that has the lease and keeps it. Its timers are ours. */
  async function besideOneThatHangs(): Promise<Crowded> {
    vi.useFakeTimers()
    const store = memoryStore()
    const open: Open = (options) => openSite({ store, ...options })
    const [here, there] = two(open, { lease: true, coalesceWait: 2 })
    void there.fetch('/page')
    await there.gate.arrived
    return here
  }

  test('who has waited for another of them does not wait as long again for the lease', async () => {
    const here = await besideOneThatHangs()
    await vi.advanceTimersByTimeAsync(500)
    // The first of them waits for the lease, and the second for the first.
    void here.fetch('/page')
    void here.fetch('/page')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(here.runs()).toBe(2)
  })

  test('where the clock is set back, who waits for a holder that hangs does not wait until it has caught up', async () => {
    const here = await besideOneThatHangs()
    void here.fetch('/page')
    await vi.advanceTimersByTimeAsync(500)
    vi.setSystemTime(Date.now() - 3_600_000)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(here.runs()).toBe(1)
  })
})

onRedis('a lease and Redis', (world) => {
  test('costs one command more on a miss, and one to give it back; a hit costs none', async () => {
    const { bridge, open } = world()
    const site = crowd(open(), LEASED)
    site.gate.open()
    await site.get('/page')
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET', 'EVAL', 'SET', 'EVAL', 'EVAL'])
    bridge.reset()
    await site.get('/page')
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET'])
  })

  test.each(['status-500', 'hang'] as const)(
    'where it gives no answer (%s) nobody waits for a lease',
    async (kind) => {
      const { bridge, open } = world()
      const site = crowd(open({ timeout: 200 }), LEASED)
      site.gate.open()
      bridge.fault = { kind, when: ([name]) => name === 'SET' }
      expect((await site.get('/page')).body).toBe('one')
      const reason = kind === 'hang' ? 'timeout' : 'failed'
      expect(site.transcript()).toEqual([
        'miss GET /page {reason: uri-miss}',
        `store-failed GET /page {operation: lease, reason: ${reason}}`,
        'stored GET /page {seconds: 60}',
      ])
    },
  )

  test('a refresh gives it back', async () => {
    const { bridge, open } = world()
    const site = crowd(open(), { ...LEASED, expire: 60, staleWhileRevalidate: 600 })
    site.gate.open()
    await site.get('/page')
    pass(70)
    bridge.reset()
    await site.get('/page')
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET', 'SET', 'EVAL', 'EVAL'])
  })

  test('who finds that another isolate refreshes does not ask for the lease with each hit', async () => {
    const { bridge, open } = world()
    const [here, there] = two(open, { ...LEASED, expire: 60, staleWhileRevalidate: 600 })
    here.gate.open()
    await here.get('/page')
    pass(70)
    const slow = here.again()
    await (await here.fetch('/page')).text()
    await slow.arrived
    const asked = async () => {
      bridge.reset()
      expect((await there.get('/page')).body).toBe('one')
      return bridge.commands.map(([name]) => name)
    }
    expect([await asked(), await asked(), await asked()]).toEqual([['MGET', 'SET'], ['MGET'], ['MGET']])
    pass(59)
    expect(await asked()).toEqual(['MGET'])
    // Nobody has that lease for longer.
    pass(1)
    expect(await asked()).toEqual(['MGET', 'SET'])
    slow.open()
    await here.settle()
  })

  test('a lease that cannot be given back is no secret', async () => {
    const { bridge, open } = world()
    const site = crowd(open(), LEASED)
    site.gate.open()
    bridge.fault = {
      kind: 'status-500',
      when: ([, script = '']) => script.includes("redis.call('DEL', KEYS[1])"),
    }
    await site.get('/page')
    expect(site.transcript()).toContain('store-failed GET /page {operation: lease, reason: failed}')
  })

  test('an entry that appears while the lease changes hands is not made again', async () => {
    const { bridge, open } = world()
    const [here, there] = two(open, LEASED)
    await here.lead()
    // The lease is asked for again only once its holder has stored the entry and given the lease back.
    let asked = 0
    bridge.intercept = async (command, forward) => {
      if (command[0] === 'SET' && asked++ > 0) {
        here.gate.open()
        await here.settle()
      }
      return forward()
    }
    const { answers } = await there.follow(undefined)
    expect((await answers)[0]!.body).toBe('one')
    expect(there.runs()).toBe(0)
  })
})
