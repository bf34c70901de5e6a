/** Before many come at once: a hit late in its life is refreshed behind the answer, and lives end at different times. */
import { every } from 'hono/combine'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'
import { crowd, elsewhere } from './crowd.ts'

onBothStores('refreshAhead', (open) => {
  test('a hit past that share of its life is answered at once, and refreshed once behind it', async () => {
    const site = crowd(open(), { expire: 100, refreshAhead: 0.8 })
    site.gate.open()
    await site.get('/page')
    pass(79)
    expect((await site.get('/page')).cache).toBe('hit; ttl=21')
    expect(site.runs()).toBe(1)

    pass(2)
    const slow = site.again()
    for (let time = 0; time < 3; time++)
      expect(await (await site.fetch('/page')).text(), 'it does not wait').toBe('one')
    await slow.arrived
    slow.open()
    await site.settle()
    expect(site.runs()).toBe(2)
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=100' })
  })

  test('without it a hit is refreshed by nobody until it has ended', async () => {
    const site = crowd(open(), { expire: 100 })
    site.gate.open()
    await site.get('/page')
    pass(99)
    expect((await site.get('/page')).cache).toBe('hit; ttl=1')
    expect(site.runs()).toBe(1)
  })

  test('of what another isolate has cleared, a near hit is refreshed in vain once, and then is none', async () => {
    const here = crowd(open({ near: { seconds: 600 } }), { expire: 100, refreshAhead: 0.5, tags: ['page'] })
    const there = elsewhere(here, open)
    here.gate.open()
    for (let hit = 0; hit < 2; hit++) await here.get('/page')
    await there.clear({ tag: 'page' })
    pass(60)
    expect((await here.get('/page')).body).toBe('one')
    expect((await here.get('/page')).body).toBe('three')
    expect((await here.get('/page')).cache).toBe('hit; ttl=100')
    expect(here.runs()).toBe(3)
  })

  test('where the route cannot be run again, it is answered as any hit', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', every(cache({ expire: 100, refreshAhead: 0.5 })), (c) => c.text(made()))
    await site.get('/page')
    pass(60)
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=40' })
    pass(41)
    expect((await site.get('/page')).body).toBe('two')
  })
})

onBothStores('jitter', (open) => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test.each([
    [0, 100],
    [0.5, 95],
    [0.99999, 90],
  ])('of 0.1 with the chance at %d: a hundred seconds become %d', async (chance, seconds) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance)
    const site = crowd(open(), { expire: 100, jitter: 0.1 })
    site.gate.open()
    await site.get('/page')
    expect((await site.get('/page')).cache).toMatch(new RegExp(`^hit; ttl=(${seconds}|${seconds - 1})$`))
  })

  test('counts for what a 304 renews as well', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const site = open()
    site.app.get('/page', cache({ expire: 100, jitter: 0.1 }), (c) =>
      c.req.header('if-none-match') ? c.body(null, 304) : c.text('made', 200, { etag: '"v1"' }),
    )
    await site.get('/page')
    pass(100)
    expect((await site.get('/page')).cache).toBe('fwd=stale; fwd-status=304; ttl=95; stored')
  })

  test('without it all live equally long', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const site = crowd(open(), { expire: 100 })
    site.gate.open()
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=100')
  })
})

onBothStores('seen from outside', (open) => {
  describe('how long it took', () => {
    test('is in Server-Timing, where the app wants it said', async () => {
      const site = crowd(open({ serverTiming: true }), {}, (c, body) => {
        pass(0.25)
        c.header('server-timing', 'db;dur=9')
        return c.text(body)
      })
      site.gate.open()
      const timing = async () => (await site.get('/page')).headers.get('server-timing')
      expect(await timing()).toBe('db;dur=9, cache;dur=0, handler;dur=250')
      // What the handler said of itself is part of what it said.
      expect(await timing()).toMatch(/cache;dur=0$/)
    })

    test('is there where the look-up failed, too: its time is what the client has waited', async () => {
      const lookUp = async () => {
        pass(0.5)
        throw new Error('no connection')
      }
      const site = openSite({ store: { ...memoryStore(), lookUp }, serverTiming: true })
      site.app.get('/page', cache(), (c) => c.text('made'))
      expect((await site.get('/page')).headers.get('server-timing')).toBe('cache;dur=500')
    })

    test('and else not', async () => {
      const site = crowd(open())
      site.gate.open()
      expect((await site.get('/page')).headers.has('server-timing')).toBe(false)
    })

    test('is in the events of look-up, handler and commit, with outcome, namespace and size', async () => {
      const site = crowd(open(), { namespace: 'catalog' }, (c, body) => {
        pass(0.25)
        return c.text(body)
      })
      const { answer } = await site.lead()
      const { answers } = await site.follow(undefined)
      site.gate.open()
      await answer
      await answers
      await site.settle()
      await site.get('/page')
      const where = { namespace: 'catalog', method: 'GET', route: '/page' }
      const number = expect.any(Number)
      const text = expect.any(String)
      const miss = { type: 'miss', ...where, key: text, reason: 'uri-miss', milliseconds: number }
      expect(site.events).toHaveLength(6)
      expect(site.events).toEqual(
        expect.arrayContaining([
          miss,
          { type: 'handled', ...where, status: 200, milliseconds: 250 },
          { type: 'stored', ...where, key: text, seconds: 60, size: number, milliseconds: number },
          { type: 'shared', ...where, key: text },
          { type: 'hit', ...where, key: text, ttl: 60, milliseconds: number },
        ]),
      )
    })
  })
})
