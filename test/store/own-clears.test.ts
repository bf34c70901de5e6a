/** The clears made in this isolate: seen at once even through a lagging replica, and retried where they failed. */
import { describe, expect, test } from 'vitest'
import { failing, look, setUp } from '../fixtures/own-clears.ts'

describe('a clear that failed', () => {
  test('suspends the requests it covers, and no others', async () => {
    const { own, world } = setUp()
    world.down = true
    await failing(own.clear(['t:a', 'n:b']))
    expect(own.pending()).toEqual(['t:a', 'n:b'])
    expect(await look(own, 'a', 't:a')).toEqual({
      entries: [null],
      clock: null,
      scopes: ['a', 't:a'],
      fences: [null, null],
      suspended: true,
    })
    expect((await look(own, 'a', 't:other')).suspended).toBeUndefined()
  })

  test('is tried again with growing pauses until it is made', async () => {
    const { own, world, attempts, slept } = setUp()
    world.down = true
    await failing(own.clear(['t:a']))
    world.meanwhile = () => (world.down = slept.length < 7)
    await own.retry()
    expect(slept).toEqual([1, 2, 4, 8, 16, 30, 30])
    expect(attempts.map(({ at }) => at)).toEqual([0, 1, 3, 7, 15, 31, 61, 91])
    expect(own.pending()).toEqual([])
    expect((await look(own, 't:a')).suspended).toBeUndefined()

    // The next one does not pay for it.
    world.down = true
    await failing(own.clear(['t:a']))
    world.meanwhile = () => (world.down = false)
    await own.retry()
    expect(slept.slice(7)).toEqual([1])
  })

  test.each(['while its retry sleeps', 'once its retry is gone'])(
    'is made although the clock is set back %s',
    async (when) => {
      const { own, world, now } = setUp()
      world.down = true
      await failing(own.clear(['t:a']))
      if (when === 'while its retry sleeps') {
        world.meanwhile = () => {
          if (world.down) now.advance(-3_600)
          world.down = false
        }
      } else {
        world.meanwhile = () => new Promise(() => {})
        void own.retry()
        now.advance(-3_600)
        world.down = false
      }
      await own.retry()
      expect(own.pending()).toEqual([])
      expect(Math.max(...world.slept)).toBeLessThanOrEqual(30)
    },
  )

  test('is given up after ten minutes, in which nobody else tries it while one sleeps', async () => {
    const { own, world, attempts } = setUp()
    world.down = true
    world.meanwhile = () => expect(own.retry()).toBeUndefined()
    await failing(own.clear(['t:a']))
    await own.retry()
    expect(own.pending()).toEqual([])
    const minutes = Math.floor(attempts.at(-1)!.at / 30) / 2
    expect(minutes).toBe(10)
  })

  test('one that failed later is not given up with it', async () => {
    const { own, world, attempts } = setUp()
    world.down = true
    await failing(own.clear(['t:early']))
    world.meanwhile = async () => {
      if (attempts.length === 24) await failing(own.clear(['t:late']))
      world.down = own.pending().includes('t:early')
    }
    await own.retry()
    expect(attempts.at(-1)?.scopes).toEqual(['t:late'])
    expect(own.pending()).toEqual([])
  })

  test('is not given up because the process was frozen for longer than that', async () => {
    const { own, world } = setUp()
    world.down = true
    await failing(own.clear(['t:a']))
    // Once it runs again, the network takes a moment.
    world.meanwhile = () => {
      if (world.slept.length === 1) world.now.advance(3_600)
      else world.down = false
    }
    await own.retry()
    expect(world.slept).toEqual([1, 2])
    expect((await own.lookUp({ entries: [], scopes: ['t:a'] })).clock).toMatch(/:1$/)
  })

  test('is made good by a later one of the same scope, and only there', async () => {
    const { own, world } = setUp()
    world.down = true
    await failing(own.clear(['t:a', 't:b']))
    world.down = false
    await own.clear(['t:a'])
    expect(own.pending()).toEqual(['t:b'])
  })

  test('is not made good by one that was under way when it failed', async () => {
    const { own, world } = setUp()
    const slow = own.clear(['t:a'])
    world.down = true
    await failing(own.clear(['t:a']))
    await slow
    expect(own.pending()).toEqual(['t:a'])
  })

  test('is retried by one at a time, and by another once that one is gone', async () => {
    const { own, world } = setUp()
    expect(own.retry()).toBeUndefined()
    world.down = true
    await failing(own.clear(['t:a']))
    world.meanwhile = () => new Promise(() => {})
    expect(own.retry()).toBeInstanceOf(Promise)
    expect(own.retry()).toBeUndefined()
    await failing(own.clear(['t:b']))
    expect(own.retry()).toBeUndefined()
    world.now.advance(20)
    world.down = false
    await own.retry()
    expect(own.pending()).toEqual([])
  })

  test('of more than a thousand scopes becomes one of everything', async () => {
    const { own, world, attempts } = setUp()
    world.down = true
    await failing(own.clear(Array.from({ length: 1000 }, (_, i) => `t:${i}`)))
    expect(own.pending()).toHaveLength(1000)
    await failing(own.clear(['t:one-more']))
    expect(own.pending()).toEqual(['a'])
    world.down = false
    await own.retry()
    expect(attempts.at(-1)!.scopes).toEqual(['a'])
  })
})

describe('a clear that was made', () => {
  /** Answers as the primary did before the clears. */
  async function lagging() {
    const set = setUp()
    const stamp = await set.primary.begin()
    await set.primary.commit({ stamp, scopes: ['a', 't:a', 't:b'], writes: [] })
    const before = await set.primary.lookUp({ entries: [], scopes: ['a', 't:a', 't:b'] })
    const fenceOf = (scope: string) => before.fences[before.scopes.indexOf(scope)] ?? null
    set.world.replica = ({ entries, scopes }) => ({
      entries: entries.map(() => null),
      clock: before.clock,
      scopes,
      fences: scopes.map(fenceOf),
    })
    return { ...set, stamp }
  }

  test('raises its fence through a replica that lags behind, and no other', async () => {
    const { own, stamp } = await lagging()
    expect(await own.clear(['t:a'])).not.toBe(stamp)
    const time = await own.clear(['t:a'])
    expect((await look(own, 'a', 't:a', 't:b')).fences).toEqual([stamp, time, stamp])
  })

  test('of two, the later counts, whichever was answered first', async () => {
    const { own, world } = await lagging()
    let answer = () => {}
    world.late = new Promise((resolve) => (answer = resolve))
    const first = own.clear(['t:a'])
    world.late = undefined
    const second = await own.clear(['t:a'])
    answer()
    expect(await first).not.toBe(second)
    expect((await look(own, 't:a')).fences).toEqual([second])
  })

  test('does not lower the fence that a reply already has', async () => {
    const { own, primary, world } = await lagging()
    await own.clear(['t:a'])
    const later = await primary.clear(['t:a'])
    world.replica = null
    expect((await look(own, 't:a')).fences).toEqual([later])
  })

  test('does not make a fence that is missing known', async () => {
    const { own, world } = await lagging()
    await own.clear(['t:a'])
    world.replica = ({ entries, scopes }) => ({
      entries: entries.map(() => null),
      clock: 'e:9',
      scopes,
      fences: scopes.map(() => null),
    })
    expect((await look(own, 't:a')).fences).toEqual([null])
  })

  test('makes the fence of a clock that is gone unknown', async () => {
    const { own, world } = await lagging()
    world.time = 'new:1'
    await own.clear(['t:a'])
    expect((await look(own, 't:a')).fences).toEqual([null])
  })

  test('says nothing once the store has confirmed a newer clock', async () => {
    const { own, world, primary } = await lagging()
    world.time = 'gone:7'
    await own.clear(['t:a'])
    world.replica = null
    const stamp = await primary.begin()
    expect((await look(own, 't:a')).fences).toEqual([null])
    expect(await own.commit({ stamp, scopes: ['t:a'], writes: [] })).toBe('stored')
    expect((await look(own, 't:a')).fences).toEqual([stamp])
  })

  test('of two under way at once, of two clocks, neither is known to be the newer', async () => {
    const { own, world } = await lagging()
    let answer = () => {}
    world.late = new Promise((resolve) => (answer = resolve))
    world.time = 'one:1'
    const first = own.clear(['t:a'])
    world.late = undefined
    world.time = 'other:1'
    await own.clear(['t:b'])
    answer()
    await first
    world.replica = ({ entries, scopes }) => ({
      entries: entries.map(() => null),
      clock: 'other:1',
      scopes,
      fences: scopes.map(() => 'other:1'),
    })
    expect((await look(own, 't:a', 't:b')).fences).toEqual([null, 'other:1'])
  })

  test('by deleting the clock covers everything', async () => {
    const { own, world } = await lagging()
    world.time = null
    await own.clear(['t:a'])
    expect((await look(own, 'a', 't:b')).fences[0]).toBeNull()
  })

  test('is remembered, with a thousand others and no more', async () => {
    const { own, stamp } = await lagging()
    await own.clear(['t:a'])
    for (let i = 0; i < 999; i++) await own.clear([`t:${i}`])
    expect((await look(own, 't:a')).fences).not.toEqual([stamp])
    await own.clear(['t:a'])
    for (let i = 1000; i < 1999; i++) await own.clear([`t:${i}`])
    expect((await look(own, 't:a')).fences).not.toEqual([stamp])
    await own.clear(['t:one-more'])
    expect((await look(own, 't:a')).fences).toEqual([stamp])
  })

  describe('and that the primary has lost since, as in a failover', () => {
    /** The primary is as it was before the clear of `t:a` and `t:b`. */
    async function failedOver() {
      const set = setUp()
      const scopes = ['a', 't:a', 't:b']
      const stamp = await set.primary.begin()
      await set.primary.commit({ stamp, scopes, writes: [] })
      set.world.time = stamp.replace(/0$/, '5')
      await set.own.clear(['t:a', 't:b'])
      set.world.time = undefined
      return { ...set, stamp }
    }

    test('is made again as soon as that is known, and suspends what it covers until then', async () => {
      const { own, primary, stamp, attempts } = await failedOver()
      expect(own.pending()).toEqual([])
      expect(await own.commit({ stamp, scopes: ['a', 't:a'], writes: [] })).toBe('stored')
      expect(own.pending()).toEqual(['t:a'])
      expect((await look(own, 't:a')).suspended).toBe(true)
      await own.retry()
      expect(attempts.at(-1)?.scopes).toEqual(['t:a'])
      const { fences } = await primary.lookUp({ entries: [], scopes: ['t:a'] })
      expect(fences).not.toEqual([stamp])
      expect((await look(own, 't:a')).fences).toEqual(fences)
    })

    test('is not lost where it was made while the commit was under way', async () => {
      const { own, primary, world } = setUp()
      const stamp = await primary.begin()
      let answer = () => {}
      world.lateCommit = new Promise((resolve) => (answer = resolve))
      const committing = own.commit({ stamp, scopes: ['t:a'], writes: [] })
      await own.clear(['t:a'])
      answer()
      expect(await committing).toBe('stored')
      expect(own.pending()).toEqual([])
    })
  })
})
