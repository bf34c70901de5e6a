/**
 * The store in Redis, and what it is told: replies are checked before they are believed, and errors are the client’s
 * own, except where they mean that Redis is full.
 */
import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../../src/errors.ts'
import { redisStore, type Send } from '../../src/store/redis.ts'
import { judge } from '../../src/store/time.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { redisWorld, write } from './redis-world.ts'

describeWithRedis('redis store', () => {
  const redis = redisWorld()
  const { storeWith } = redis

  describe('what comes back is checked before it is believed', () => {
    const replying = (reply: unknown) => redisStore({ send: async () => reply })
    const query = { entries: ['e:x:1'], scopes: ['a'] }
    const unexpected = new StoreError('unexpected-reply')

    test.each([null, undefined, 'OK', 0, {}, [], ['e', 'c'], ['e', 'c', 'f', 'x']])(
      'a look-up that is answered %j',
      async (reply) => {
        await expect(replying(reply).lookUp(query)).rejects.toEqual(unexpected)
      },
    )

    test('in a look-up, what is no text is nothing', async () => {
      const seen = await replying([5, { clock: 1 }, ['x']]).lookUp(query)
      expect(seen).toEqual({ entries: [null], clock: null, scopes: ['a'], fences: [null] })
      expect(judge('e:0', ['a'], seen, 1)).toBe('invalid')
    })

    test.each([null, undefined, 0, [], 'OK', 'STORED'])('a commit that is answered %j', async (reply) => {
      const commit = replying(reply).commit({ stamp: 'e:0', scopes: [], writes: [] })
      await expect(commit).rejects.toEqual(unexpected)
    })

    test.each([null, undefined, 0, [], '', 'OK', 'QUEUED'])(
      'a begin or a clear that is answered %j',
      async (reply) => {
        await expect(replying(reply).begin()).rejects.toEqual(unexpected)
        await expect(replying(reply).clear(['a'])).rejects.toEqual(unexpected)
      },
    )

    test.each([null, undefined, 1, true, 'ok', ['OK']])(
      'a lease that is answered %j is not held',
      async (reply) => {
        expect(await replying(reply).lease('l:x', 'me', 1000)).toBe(false)
      },
    )

    test('the client’s own errors come through as they are', async () => {
      const error = new Error('no connection')
      const store = redisStore({ send: () => Promise.reject(error) })
      await expect(store.lookUp(query)).rejects.toBe(error)
      await expect(store.clear(['a'])).rejects.toBe(error)
    })

    test('a full Redis that does not confirm the DEL has not cleared', async () => {
      const store = redisStore({
        send: async ([name]) => {
          if (name === 'EVAL') throw new Error('OOM command not allowed')
          return null
        },
      })
      await expect(store.clear(['a'])).rejects.toEqual(unexpected)
    })

    test.each([1, '1', 0, '0', 1n])('a full Redis that confirms it with %o has', async (reply) => {
      const store = redisStore({
        send: async ([name]) => {
          if (name === 'EVAL') throw new Error('OOM command not allowed')
          return reply
        },
      })
      expect(await store.clear(['a'])).toBeNull()
    })

    test('one that says it in the words of Upstash is full as well', async () => {
      const quota = 'ERR DB capacity quota exceeded. Threshold: 268435456 bytes, Usage: 276006634 bytes.'
      const place = `ERR Error running script (call to f_${'0'.repeat(40)}): @user_script:18: @user_script: 18:`
      for (const message of [quota, `${place} ${quota}`]) {
        const store = redisStore({
          send: ([name]) => (name === 'DEL' ? Promise.resolve(1) : Promise.reject(new Error(message))),
        })
        expect(await store.clear(['a'])).toBeNull()
      }
    })

    test('a word in a tag does not pass for a full Redis', async () => {
      const sent: string[] = []
      const store = redisStore({
        send: async (command) => {
          sent.push(command[0])
          throw new Error(`ERR no, command was: ${JSON.stringify(command)}`)
        },
      })
      await expect(store.clear(['t:OOM'])).rejects.toThrow('ERR no')
      expect(sent).toEqual(['EVAL'])
    })

    const withOtherSettings: Send = (command) => {
      const { url, token } = redis.bridge
      return new Redis({ url, token, enableTelemetry: false, readYourWrites: false }).exec(command)
    }
    const takenApart: Send = (command) => redis.overSocket([command.shift() as string, ...command])

    test.each([
      ['with other settings than ours', withOtherSettings],
      ['that takes the command apart', takenApart],
    ])('a client %s still answers', async (_, send) => {
      const store = storeWith({ send })
      const stamp = await store.begin()
      expect(await store.commit({ stamp, scopes: ['a'], writes: [write()] })).toBe('stored')
      const seen = await store.lookUp({ entries: ['e:x:1'], scopes: ['a'] })
      expect(seen).toEqual({ entries: ['value'], clock: stamp, scopes: ['a'], fences: [stamp] })
      expect(await store.clear(['a'])).toBe('1.e1:1')
    })
  })
})
