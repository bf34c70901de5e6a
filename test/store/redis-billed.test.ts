/**
 * The store in Redis, and what it costs: how many commands the REST service bills for each operation, in how many
 * requests.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { DAY, redisWorld, write } from './redis-world.ts'

describeWithRedis('redis store', () => {
  const redis = redisWorld()
  const { overRest, storeWith } = redis

  describe('billed', () => {
    const scopes = ['a', 'n:x', 'p:x']
    let store: Store
    beforeEach(() => {
      store = storeWith({ send: overRest })
    })

    test('a look-up is one command and one request, however much it asks for', async () => {
      const entries = ['e:x:1', 'e:x:2', 'e:x:3']
      expect(await redis.bridge.billed(() => store.lookUp({ entries, scopes }))).toBe(1)
      expect(redis.bridge.requests).toBe(1)
    })

    test('begin: 2, or 4 where the clock has to be created', async () => {
      expect(await redis.bridge.billed(() => store.begin())).toBe(4)
      expect(await redis.bridge.billed(() => store.begin())).toBe(2)
      expect(redis.bridge.requests).toBe(2)
    })

    test('a commit: 2, and 1 for each write and each new scope; nothing for one that is refused', async () => {
      const stamp = await store.begin()
      const writes = [write()]
      expect(await redis.bridge.billed(() => store.commit({ stamp, scopes, writes }))).toBe(2 + 1 + 2)
      expect(await redis.bridge.billed(() => store.commit({ stamp, scopes, writes }))).toBe(2 + 1)
      const two = [write(), write('e:x:2')]
      expect(await redis.bridge.billed(() => store.commit({ stamp, scopes, writes: two }))).toBe(2 + 2)
      await store.clear(['p:x'])
      expect(await redis.bridge.billed(() => store.commit({ stamp, scopes, writes }))).toBe(2)
      const more = [...scopes, 't:new']
      expect(await redis.bridge.billed(() => store.commit({ stamp, scopes: more, writes }))).toBe(2 + 1)
      expect(await redis.bridge.billed(() => store.commit({ stamp: 'x:0', scopes, writes }))).toBe(2)
      expect(redis.bridge.requests).toBe(2 + 6)
    })

    test('a commit for more than a day: 1 more for each fence that was there, and 1 for each renewed', async () => {
      const stamp = await store.begin()
      const commit = (seconds: number) => () =>
        store.commit({ stamp, scopes, writes: [write('e:x:1', 'value', seconds)] })
      expect(await redis.bridge.billed(commit(DAY))).toBe(2 + 1 + 2)
      expect(await redis.bridge.billed(commit(DAY))).toBe(2 + 1)
      expect(await redis.bridge.billed(commit(DAY + 1))).toBe(2 + 1 + 3)
      expect(await redis.bridge.billed(commit(3 * DAY))).toBe(2 + 1 + 3 + 1)
      expect(await redis.bridge.billed(commit(3 * DAY))).toBe(2 + 1 + 3)
      await store.clear(['p:x'])
      expect(await redis.bridge.billed(commit(3 * DAY))).toBe(2)
    })

    test('a clear of n scopes: 3 + n, in one request', async () => {
      await store.begin()
      redis.bridge.reset()
      for (const n of [0, 1, 10]) {
        const tags = Array.from({ length: n }, (_, i) => `t:${i}`)
        expect(await redis.bridge.billed(() => store.clear(tags))).toBe(3 + n)
      }
      expect(redis.bridge.requests).toBe(3)
    })

    test('a lease: 1 to take, 3 to give back', async () => {
      expect(await redis.bridge.billed(() => store.lease('l:x', 'me', 1000))).toBe(1)
      expect(await redis.bridge.billed(() => store.lease('l:x', 'you', 1000))).toBe(1)
      expect(await redis.bridge.billed(() => store.release('l:x', 'you'))).toBe(2)
      expect(await redis.bridge.billed(() => store.release('l:x', 'me'))).toBe(3)
    })
  })
})
