/**
 * The contract of `clear`: what it clears is not served and not brought back, by nobody however slow, and what it does
 * not clear stays. This is the promise that the others are there for.
 */
import { describe, expect, test } from 'vitest'
import { countOf, judge, passes } from '../../../src/store/time.ts'
import { begin, ENTRY, EVERYTHING, KEY, NAMESPACE, read, SCOPES, stored, TAG } from './page.ts'
import type { Stage } from './stage.ts'

export function clearing({ open }: Stage): void {
  describe('clear', () => {
    test.each(SCOPES)('after a clear of %s the entry is not served', async (scope) => {
      const { store } = await open()
      await stored(store, 'old')
      await store.clear([scope])
      expect(await read(store)).toBeNull()
      await stored(store, 'new')
    })

    test.each(SCOPES)('a slow handler does not bring back what was cleared meanwhile: %s', async (scope) => {
      const { store } = await open()
      await stored(store, 'old')
      const slow = await begin(store)
      await store.clear([scope])
      expect(await slow.finish('old data')).toBe('cleared')
      expect(await read(store)).toBeNull()
    })

    test('a refused commit leaves the newer answer where it is', async () => {
      const { store } = await open()
      const slow = await begin(store)
      await store.clear([TAG])
      await stored(store, 'new')
      expect(await slow.finish('old')).toBe('cleared')
      expect(await read(store)).toBe('new')
    })

    test('a key cleared and stored anew is not overwritten by the one who began before', async () => {
      const { store } = await open()
      const first = await begin(store)
      await store.clear([KEY])
      const second = await begin(store)
      await second.finish('new')
      expect(await first.finish('old')).toBe('cleared')
      expect(await read(store)).toBe('new')
    })

    test('a clear of one scope leaves the others alone', async () => {
      const { store } = await open()
      await stored(store, 'old')
      await store.clear(['t:other', 'n:other', 'p:%2Fother', 'k:catalog:other'])
      expect(await read(store)).toBe('old')
    })

    test('a handler may finish while something else is cleared', async () => {
      const { store } = await open()
      await stored(store, 'old')
      const slow = await begin(store)
      await store.clear(['t:other'])
      expect(await slow.finish('new')).toBe('stored')
      expect(await read(store)).toBe('new')
    })

    test('a fence unknown at commit is created as late as now, not at the stamp', async () => {
      const { store } = await open()
      const slow = await begin(store, { scopes: [EVERYTHING, 't:unknown'] })
      const now = await store.clear(['t:other'])
      expect(await slow.finish('old')).toBe('cleared')
      expect((await store.lookUp({ entries: [], scopes: ['t:unknown'] })).fences).toEqual([now])
      await stored(store, 'new', { scopes: [EVERYTHING, 't:unknown'] })
    })

    test('a refused commit creates the fences that were missing all the same', async () => {
      const { store } = await open()
      const slow = await begin(store, { scopes: [TAG, 't:unknown'] })
      const now = await store.clear([TAG])
      expect(await slow.finish('old')).toBe('cleared')
      expect((await store.lookUp({ entries: [], scopes: ['t:unknown'] })).fences).toEqual([now])
    })

    test('an entry is not served to a request with one more scope, once that is cleared', async () => {
      const { store } = await open()
      const a = { scopes: [EVERYTHING, KEY, 'p:%2Fa'] }
      const b = { scopes: [EVERYTHING, KEY, 'p:%2Fb'], remembered: ['p:%2Fa'] }
      await stored(store, 'made at b', { scopes: b.scopes })
      await stored(store, 'made at a', a)
      expect(await read(store, b)).toBe('made at a')
      await store.clear(['p:%2Fb'])
      expect(await read(store, b)).toBeNull()
      expect(await read(store, a)).toBe('made at a')
    })

    test('a scope nobody has heard of is a miss for the request that has it', async () => {
      const { store } = await open()
      await stored(store, 'old')
      expect(await read(store, { scopes: [...SCOPES, 't:unknown'] })).toBeNull()
    })

    test('a scope that only the entry has is judged when it is asked for', async () => {
      const { store } = await open()
      const own = [EVERYTHING, NAMESPACE]
      await stored(store, 'old', { scopes: [...own, TAG] })
      const seen = await store.lookUp({ entries: [ENTRY], scopes: own })
      const { stamp, scopes } = JSON.parse(seen.entries[0]!)
      expect(judge(stamp, scopes, seen, 2)).toBe('unasked')
      await store.clear([TAG])
      const again = await store.lookUp({ entries: [ENTRY], scopes: [...own, TAG] })
      expect(judge(stamp, scopes, again, 2)).toBe('invalid')
    })

    test('the answer is the new time, later than all before; twice is as good as once', async () => {
      const { store } = await open()
      await stored(store, 'old')
      let before = await store.begin()
      for (let i = 0; i < 12; i++) {
        const time = await store.clear([TAG, TAG])
        expect(countOf(time!)).toBe(countOf(before) + 1)
        expect(passes(time!, before)).toBe(true)
        before = time!
      }
      const seen = await store.lookUp({ entries: [], scopes: [TAG, NAMESPACE] })
      expect(seen.clock).toBe(before)
      expect(seen.fences[0]).toBe(before)
      expect(countOf(seen.fences[1]!)).toBe(0)
      expect(await read(store)).toBeNull()
      await stored(store, 'new')
    })

    test('clears that come at once are as many', async () => {
      const { store } = await open()
      const start = await store.begin()
      const times = await Promise.all(Array.from({ length: 20 }, (_, i) => store.clear([`t:${i}`])))
      expect(new Set(times).size).toBe(20)
      expect(countOf(await store.begin())).toBe(countOf(start) + 20)
    })

    test('the first thing ever to happen may be a clear', async () => {
      const { store } = await open()
      const time = await store.clear([TAG])
      expect(await store.begin()).toBe(time)
      const seen = await store.lookUp({ entries: [], scopes: [EVERYTHING, TAG] })
      expect(seen.fences).toEqual([time, time])
      await stored(store, 'new')
    })

    test('a clear of no scopes clears none', async () => {
      const { store } = await open()
      await stored(store, 'old')
      await store.clear([])
      expect(await read(store)).toBe('old')
    })

    test('5,000 scopes in one clear', async () => {
      const { store } = await open()
      const tags = Array.from({ length: 5000 }, (_, i) => `t:${i}`)
      await stored(store, 'old', { scopes: [EVERYTHING, 't:4999'] })
      const time = await store.clear(tags)
      expect(await read(store, { scopes: [EVERYTHING, 't:4999'] })).toBeNull()
      const { fences } = await store.lookUp({ entries: [], scopes: tags })
      expect(fences.every((fence) => fence === time)).toBe(true)
    })
  })
}
