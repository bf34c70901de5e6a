/**
 * The store in Redis when something goes wrong around it: a network that sends a request once more, later, a server with
 * no memory left that evicts nothing, and a user with too few rights.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { toStoreError } from '../../src/errors.ts'
import { redisStore, type Send } from '../../src/store/redis.ts'
import type { Store } from '../../src/store/store.ts'
import { epochOf, judge } from '../../src/store/time.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { redisWorld, write } from './redis-world.ts'

describeWithRedis('redis store', () => {
  const redis = redisWorld()
  const { dump, overRest, storeWith } = redis

  describe('a replayed request', () => {
    /** What a network that repeats itself sends once more, later. */
    async function recorded(work: (store: Store) => Promise<unknown>): Promise<() => Promise<unknown>> {
      await work(storeWith({ send: overRest }))
      const command = redis.bridge.record.at(-1)!
      return () => redis.bridge.replay(command)
    }

    const loseClock = () => redis.command('DEL', 'cache:clock')
    const creators: [string, (store: Store) => Promise<unknown>][] = [
      ['begin', (store) => store.begin()],
      ['clear', (store) => store.clear(['t:x'])],
    ]

    test.each(creators)('of %s, after the clock it made was lost, makes one of its own', async (_, work) => {
      const replay = await recorded(work)
      const first = await redis.command('GET', 'cache:clock')
      await loseClock()
      expect(first).toMatch(/^1\.e1:[01]$/)
      expect(await replay()).toBe(`2${String(first).slice(1)}`)
    })

    test.each(creators)(
      'of %s, after more clocks were lost, issues no time a second time',
      async (_, work) => {
        const replay = await recorded(work)
        const store = storeWith({ epoch: () => 'later' })
        const stamp = await store.begin()
        const slow = { stamp, scopes: ['a', 't:x'], writes: [write()] }
        await store.clear(['a', 't:x'])
        const issued = [stamp, await store.begin()]
        for (let lost = 0; lost < 3; lost++) {
          await loseClock()
          issued.push(await store.begin())
        }
        await loseClock()
        issued.push(String(await replay()))
        expect(new Set(issued.map(epochOf)).size).toBe(5)
        expect(await store.commit(slow)).toBe('lost')
      },
    )

    test('of begin, after the fence of everything came and went: it is known again from the next commit', async () => {
      const replay = await recorded((store) => store.begin())
      const store = storeWith()
      const stamp = await store.begin()
      await redis.command('DEL', 'cache:a')
      await store.commit({ stamp, scopes: ['a'], writes: [write()] })
      await loseClock()
      expect(await replay()).toBe('2.e1:0')
    })

    test('of begin, while the clock is there, changes nothing', async () => {
      const replay = await recorded((store) => store.begin())
      await storeWith().clear(['t:x'])
      const before = await dump()
      expect(await replay()).toBe('1.e1:1')
      expect(await dump()).toEqual(before)
    })

    test('of a clear, while the clock is there, is one more clear', async () => {
      const replay = await recorded(async (store) => {
        await store.begin()
        await store.clear(['t:x'])
      })
      expect(await replay()).toBe('1.e1:2')
    })

    test('of a commit, after the clear that should have ended it, is refused', async () => {
      const replay = await recorded(async (store) => {
        const stamp = await store.begin()
        await store.commit({ stamp, scopes: ['t:x'], writes: [write()] })
      })
      await storeWith().clear(['t:x'])
      await redis.command('DEL', 'cache:e:x:1')
      expect(await replay()).toBe('cleared')
      await redis.command('DEL', 'cache:clock')
      expect(await replay()).toBe('lost')
      expect(await redis.command('EXISTS', 'cache:e:x:1')).toBe(0)
    })
  })
})

describeWithRedis('redis store: no memory left, and nothing is evicted', () => {
  const redis = redisWorld('--maxmemory-policy', 'noeviction')
  const { overRest, overSocket } = redis

  const full = () => redis.command('CONFIG', 'SET', 'maxmemory', 1)
  const roomAgain = () => redis.command('CONFIG', 'SET', 'maxmemory', 0)
  const clients: [string, Send][] = [
    ['the REST client', overRest],
    ['a connection', overSocket],
  ]

  test.each(clients)('a clear through %s deletes the clock instead, and all is invalid', async (_, send) => {
    const store = redisStore({ send })
    const scopes = ['a', 't:x']
    const writes = [{ name: 'e:x:1', value: 'old', seconds: 60 }]
    const stamp = await store.begin()
    expect(await store.commit({ stamp, scopes, writes })).toBe('stored')

    await full()
    await expect(store.commit({ stamp, scopes, writes })).rejects.toThrow('OOM')
    const unharmed = await store.lookUp({ entries: ['e:x:1'], scopes })
    expect(judge(stamp, scopes, unharmed, 2)).toBe('valid')

    expect(await store.clear(['t:unrelated'])).toBeNull()
    const seen = await store.lookUp({ entries: ['e:x:1'], scopes })
    expect(seen.entries).toEqual(['old'])
    expect(seen.clock).toBeNull()
    expect(judge(stamp, scopes, seen, 2)).toBe('invalid')
    expect(await store.commit({ stamp, scopes, writes })).toBe('lost')
    expect(await store.clear(['t:x'])).toBeNull() // once more, with nothing left to delete

    await roomAgain()
    expect(await store.begin()).not.toBe(stamp)
    const later = await store.lookUp({ entries: ['e:x:1'], scopes })
    expect(judge(stamp, scopes, later, 2)).toBe('invalid')
    expect(await store.commit({ stamp, scopes, writes })).toBe('lost')
  })

  test('a clear that could not be made is half made nowhere', async () => {
    const store = redisStore({ send: overSocket })
    await store.clear(['t:x'])
    const before = await redis.command('GET', 'cache:t:x')
    await full()
    await store.clear(['t:x', 't:y'])
    expect(await redis.command('KEYS', '*')).not.toContain('cache:t:y')
    expect(await redis.command('GET', 'cache:t:x')).toBe(before)
  })
})

describeWithRedis('redis store: a user who may run scripts, but not all that they run', () => {
  const redis = redisWorld()
  const { overRest, overSocket } = redis
  afterEach(() => redis.command('ACL', 'SETUSER', 'default', '+@all'))

  test.each<[command: string, client: string, send: Send]>([
    ['set', 'the REST client', overRest],
    ['set', 'a connection', overSocket],
    ['mget', 'a connection', overSocket],
    ['del', 'a connection', overSocket],
  ])('is told of a right that is missing, not of a wrong command: %s, over %s', async (command, _, send) => {
    const store = redisStore({ send })
    expect(await store.lease('l:x', 'mine', 60_000)).toBe(true)
    await redis.command('ACL', 'SETUSER', 'default', `-${command}`)
    const failing = command === 'del' ? store.release('l:x', 'mine') : store.clear(['t:x'])
    expect(await failing.catch(toStoreError)).toMatchObject({ reason: 'unauthorized' })
  })
})
