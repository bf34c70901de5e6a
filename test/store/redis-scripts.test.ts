/**
 * The store in Redis, where Lua is: the scripts come upon values that are none of theirs, and read, compare and count
 * up times as TypeScript does.
 */
import { describe, expect, test } from 'vitest'
import { BEGIN, CLEAR, COMMIT, RELEASE } from '../../src/store/scripts.ts'
import { judge } from '../../src/store/time.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { DAY, redisWorld, write } from './redis-world.ts'

describeWithRedis('redis store', () => {
  const redis = redisWorld()
  const { storeWith } = redis

  describe('strays', () => {
    const spoil = async (name: string) => {
      await redis.command('DEL', `cache:${name}`)
      await redis.command('LPUSH', `cache:${name}`, 'stray')
    }

    test.each(['clock', 'a', 't:x'])('a list in the place of %s does not make clears fail', async (name) => {
      const store = storeWith()
      const stamp = await store.begin()
      await store.commit({ stamp, scopes: ['a', 't:x'], writes: [write()] })
      await spoil(name)
      const time = await store.clear(['t:x'])
      const seen = await store.lookUp({ entries: [], scopes: ['t:x'] })
      expect([seen.clock, ...seen.fences]).toEqual([time, time])
      expect(await store.commit({ stamp, scopes: ['a', 't:x'], writes: [write()] })).not.toBe('stored')
    })

    test.each(['clock', 'a', 't:x', 'e:x:1'])('nor a look-up, a begin or a commit: %s', async (name) => {
      const store = storeWith()
      await spoil(name)
      const seen = await store.lookUp({ entries: ['e:x:1'], scopes: ['a', 't:x'] })
      expect([seen.clock, ...seen.fences, ...seen.entries]).toEqual([null, null, null, null])
      const stamp = await store.begin()
      expect(await store.commit({ stamp, scopes: ['a', 't:x'], writes: [write()] })).toBe('stored')
      const after = await store.lookUp({ entries: ['e:x:1'], scopes: ['a', 't:x'] })
      expect(after).toMatchObject({ entries: ['value'], clock: stamp, fences: [stamp, stamp] })
    })

    test('a lease that is a list is held by nobody who could give it back', async () => {
      await spoil('l:x')
      await storeWith().release('l:x', 'me')
      expect(await storeWith().lease('l:x', 'me', 1000)).toBe(false)
    })

    test.each(['nonsense', '', '7', ':3', 'e1:', 'e1:1.5'])(
      'a text that is no time is no clock: %j',
      async (text) => {
        const store = storeWith({ epoch: () => 'new' })
        await redis.command('SET', 'cache:clock', text)
        expect((await store.lookUp({ entries: [], scopes: [] })).clock).toBeNull()
        expect(await store.commit({ stamp: text, scopes: [], writes: [write()] })).toBe('lost')
        expect(await store.begin()).toBe('1.new:0')
        await redis.command('SET', 'cache:clock', text)
        expect(await store.clear(['t:x'])).toBe('2.new:1')
      },
    )
  })

  describe('times, as Lua sees them', () => {
    const set = async (times: Record<string, string>) => {
      for (const [name, time] of Object.entries(times)) await redis.command('SET', `cache:${name}`, time)
    }
    const commit = (stamp: string) => storeWith().commit({ stamp, scopes: ['t:x'], writes: [write()] })

    test('a hundred trillion clears are counted to the last', async () => {
      const store = storeWith()
      await set({ clock: 'e:99999999999998' })
      for (const last of ['99999999999999', '100000000000000', '100000000000001']) {
        expect(await store.clear(['t:x'])).toBe(`e:${last}`)
      }
      expect(await commit('e:100000000000000')).toBe('cleared')
      expect(await commit('e:100000000000001')).toBe('stored')
      expect(await commit('e:100000000000002')).toBe('lost')
    })

    test.each([
      ['of no such form', ['e:3', '1e5.x:0', '-3.x:0', '.x:0', '12:0', 'nonsense', ''], '1'],
      ['one, whatever else there is', ['1.5.x:0', '1.x:9', '1.:0', '01.a:b:0'], '2'],
      ['nine', ['9.x:99'], '10'],
      ['of fourteen digits', ['99999999999999.x:0'], '100000000000000'],
      ['the last that is counted up', ['1000000000000000.x:0'], '1000000000000001'],
      ['too large to be counted up', [`9007199254740992.x:0`, `${'9'.repeat(400)}.x:0`], '1'],
    ])('the next generation, where that of the fence of everything is %s', async (_, fences, next) => {
      for (const a of fences) {
        await redis.command('FLUSHALL')
        await set({ a })
        expect(await storeWith().begin(), a).toBe(`${next}.e1:0`)
        await redis.command('DEL', 'cache:clock')
        await set({ a })
        expect(await storeWith().clear([]), a).toBe(`${next}.e1:1`)
      }
    })

    test('ten is later than nine', async () => {
      await set({ clock: 'e:10', 't:x': 'e:9' })
      expect(await commit('e:10')).toBe('stored')
      await set({ 't:x': 'e:10' })
      expect(await commit('e:9')).toBe('cleared')
    })

    test('1e5 and 100000 are two epochs', async () => {
      await set({ clock: '1e5:3', 't:x': '100000:3' })
      expect(await commit('100000:3')).toBe('lost')
      expect(await redis.command('GET', 'cache:t:x')).toBe('100000:3')
      expect(await commit('1e5:2')).toBe('cleared')
      expect(await redis.command('GET', 'cache:t:x')).toBe('1e5:3')
      expect(await commit('1e5:3')).toBe('stored')
    })

    test('a fence that is of another epoch is missing, however late it is', async () => {
      await set({ clock: 'new:0', 't:x': 'old:999' })
      expect(await commit('new:0')).toBe('stored')
      expect(await redis.command('GET', 'cache:t:x')).toBe('new:0')
    })

    test('Lua splits a time where TypeScript does', async () => {
      for (const epoch of ['a:b', 'a\nb', 'é', '%d+', 'a b', '0x10']) {
        await redis.command('FLUSHALL')
        const store = storeWith({ epoch: () => epoch })
        const stamp = await store.begin()
        await store.clear(['t:y'])
        expect(await store.commit({ stamp, scopes: ['a'], writes: [write()] })).toBe('stored')
        const seen = await store.lookUp({ entries: [], scopes: ['a'] })
        expect(seen.clock).toBe(`1.${epoch}:1`)
        expect(judge(stamp, ['a'], seen, 1)).toBe('valid')
      }
    })

    test('seven thousand scopes fit into one commit', async () => {
      const store = storeWith()
      const stamp = await store.begin()
      const scopes = Array.from({ length: 7000 }, (_, i) => `t:${i}`)
      expect(await store.commit({ stamp, scopes, writes: [write()] })).toBe('stored')
    })

    test('a Lua of today, as in Dragonfly, Garnet and newer Valkeys, compares no number with a text', async () => {
      const newer = 'local math = { max = function(a, b) if a < b then return b end return a end }\n'
      const store = storeWith({
        send: ([name, script, ...rest]) => redis.command(name, `${newer}${script}`, ...rest),
      })
      const stamp = await store.begin()
      const writes = [write('e:x:1'), write('e:x:2', 'value', 2 * DAY)]
      expect(await store.commit({ stamp, scopes: ['a', 't:x'], writes })).toBe('stored')
      expect(await redis.command('GET', 'cache:e:x:2')).toBe('value')
      expect(await store.clear(['t:x'])).toBe('1.e1:1')
    })

    test('scripts read no clock, make no randomness and touch no key that was not named', () => {
      for (const script of [BEGIN, CLEAR, COMMIT, RELEASE]) {
        expect(script).not.toMatch(/TIME|math\.random|SCAN|'KEYS'/)
      }
    })
  })
})
