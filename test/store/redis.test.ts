/**
 * The store in Redis keeps the contract, on a real server: through the REST bridge with the real client, and over a
 * socket. And, byte for byte, the names, values, lifetimes and commands by which it does.
 */
import { describe, expect, test } from 'vitest'
import { type Command, redisStore, type Send } from '../../src/store/redis.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { describeStore, type Harness } from './contract.ts'
import { DAY, redisWorld, write } from './redis-world.ts'

const ALL = ['sibling', 'evict', 'advance', 'loseClock'] as const

describeWithRedis('redis store', () => {
  const redis = redisWorld()
  const { dump, overRest, overSocket, storeWith } = redis

  /** Takes time off every expiry, as if it had passed. */
  async function age(seconds: number): Promise<void> {
    const script = `
      for _, key in ipairs(redis.call('KEYS', '*')) do
        local left = redis.call('PTTL', key)
        if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
      end`
    await redis.command('EVAL', script, 0, seconds * 1000)
  }

  const harness = async (send: Send): Promise<Harness> => ({
    store: redisStore({ send }),
    sibling: redisStore({ send: overSocket }),
    evict: (name) => redis.command('DEL', `cache:${name}`),
    advance: age,
    loseClock: () => redis.command('DEL', 'cache:clock'),
  })

  describeStore('over the REST service, with @upstash/redis', ALL, () => harness(overRest))
  describeStore('over a connection', ALL, () => harness(overSocket))

  describe('golden: what is in Redis', () => {
    test('names, values, lifetimes', async () => {
      const store = storeWith({ prefix: 'my app:v1' })
      const stamp = await store.begin()
      const scopes = ['a', 'n:catalog', 'p:%2Fproducts%2F1', 't:product%3A1', 'k:catalog:front']
      const writes = [write('e:catalog:0cc2', 'record', 4000), write('e:catalog:0cc1', 'hello', 300)]
      await store.commit({ stamp, scopes, writes })
      await store.lease('l:catalog:0cc1', 'id', 20_000)
      await store.clear(['t:product%3A1', 'n:other'])
      expect(await dump()).toEqual({
        'my%20app%3Av1:clock': ['1.e1:1', -1],
        'my%20app%3Av1:a': ['1.e1:0', 60 * DAY],
        'my%20app%3Av1:n:catalog': ['1.e1:0', 60 * DAY],
        'my%20app%3Av1:n:other': ['1.e1:1', 60 * DAY],
        'my%20app%3Av1:p:%2Fproducts%2F1': ['1.e1:0', DAY + 4000],
        'my%20app%3Av1:k:catalog:front': ['1.e1:0', DAY + 4000],
        'my%20app%3Av1:t:product%3A1': ['1.e1:1', DAY],
        'my%20app%3Av1:e:catalog:0cc1': ['hello', 300],
        'my%20app%3Av1:e:catalog:0cc2': ['record', 4000],
        'my%20app%3Av1:l:catalog:0cc1': ['id', 20],
      })
    })

    test('commands, and no others', async () => {
      const sent: Command[] = []
      const store = storeWith({
        send: (command) => {
          sent.push(command)
          return overSocket(command)
        },
      })
      const stamp = await store.begin()
      await store.lookUp({ entries: ['e:x:1', 'e:x:2'], scopes: ['a', 't:y'] })
      await store.commit({ stamp, scopes: ['a', 't:y'], writes: [write('e:x:1', 'v', 300)] })
      await store.clear(['a', 't:y'])
      await store.lease('l:x:1', 'id', 1500)
      await store.release('l:x:1', 'id')
      const shown = sent.map(([name, ...args]) =>
        [name, ...(name === 'EVAL' ? args.slice(1) : args)].join(' '),
      )
      expect(shown).toEqual([
        `EVAL 2 cache:clock cache:a e1 ${60 * DAY}`,
        'MGET cache:e:x:1 cache:e:x:2 cache:clock cache:a cache:t:y',
        `EVAL 4 cache:clock cache:a cache:t:y cache:e:x:1 1.e1:0 2 ${60 * DAY} ${DAY + 300} v 300`,
        `EVAL 4 cache:clock cache:a cache:a cache:t:y e2 ${60 * DAY} ${60 * DAY} ${DAY}`,
        'SET cache:l:x:1 id NX PX 1500',
        'EVAL 1 cache:l:x:1 id',
      ])
    })

    test('the clock’s epoch is its generation and 74 random bits, different for each', async () => {
      const epochs = new Set<string>()
      for (let i = 0; i < 20; i++) {
        await redis.command('FLUSHALL')
        const time = await redisStore({ send: overSocket }).begin()
        expect(time).toMatch(/^1\.[0-9a-f]{20}:0$/)
        epochs.add(time)
      }
      expect(epochs.size).toBe(20)
    })

    test('prefixes do not see each other', async () => {
      const [one, other] = [storeWith({ prefix: 'a' }), storeWith({ prefix: 'a:a' })]
      await one.clear(['a', 't:x'])
      const seen = await other.lookUp({ entries: ['e:x'], scopes: ['a', 't:x'] })
      expect([seen.clock, ...seen.fences]).toEqual([null, null, null])
      expect(await redis.command('KEYS', 'a%3Aa*')).toEqual([])
    })
  })
})
