/**
 * The contract, where it all starts: a look-up answers every question in its place and writes nothing, and `begin`
 * gives the clock, creating it for the first who asks.
 */
import { describe, expect, test } from 'vitest'
import { countOf, epochOf } from '../../../src/store/time.ts'
import { ENTRY, EVERYTHING, HOUR, NAMESPACE, stored, TAG } from './page.ts'
import type { Stage } from './stage.ts'

export function lookingUp({ open }: Stage): void {
  describe('look-up', () => {
    test('an empty store answers null for everything, and writes nothing', async () => {
      const { store } = await open()
      for (let again = 0; again < 2; again++) {
        const seen = await store.lookUp({ entries: [ENTRY, 'e:catalog:2'], scopes: [EVERYTHING, TAG] })
        expect(seen.entries).toEqual([null, null])
        expect(seen.clock).toBeNull()
        expect(seen.fences).toEqual([null, null])
      }
    })

    test('answers come in the order of the questions, the missing ones as null in their place', async () => {
      const { store } = await open()
      const stamp = await store.begin()
      const writes = ['1', '2', '3'].map((n) => ({ name: `e:x:${n}`, value: `value ${n}`, seconds: HOUR }))
      await store.commit({ stamp, scopes: ['t:known', NAMESPACE], writes })
      const later = await store.clear(['t:cleared'])

      const scopes = ['t:cleared', 't:never', 't:known', NAMESPACE]
      const seen = await store.lookUp({ entries: ['e:x:3', 'e:x:0', 'e:x:1', 'e:x:2'], scopes })
      expect(seen.entries).toEqual(['value 3', null, 'value 1', 'value 2'])
      expect(seen.scopes).toEqual(scopes)
      expect(seen.fences).toEqual([later, null, stamp, stamp])
      expect(seen.clock).toBe(later)
    })

    test('a name asked for twice is answered twice', async () => {
      const { store } = await open()
      await stored(store)
      const seen = await store.lookUp({ entries: [ENTRY, ENTRY], scopes: [TAG, TAG] })
      expect(seen.entries[0]).not.toBeNull()
      expect(seen.entries[1]).toBe(seen.entries[0])
      expect(seen.fences[1]).toBe(seen.fences[0])
    })
  })

  describe('begin', () => {
    test('two handlers that begin at once get one clock and not one each', async () => {
      const { store } = await open()
      const [one, other] = await Promise.all([store.begin(), store.begin()])
      expect(other).toBe(one)
      expect(await store.begin()).toBe(one)
      expect((await store.lookUp({ entries: [], scopes: [] })).clock).toBe(one)
    })

    test('it gives the clock as it is, also after clears', async () => {
      const { store } = await open()
      await store.begin()
      const time = await store.clear([TAG])
      expect(await store.begin()).toBe(time)
    })

    test('the clock is a time, and everything has a fence from the start', async () => {
      const { store } = await open()
      const time = await store.begin()
      expect(epochOf(time)).toMatch(/./)
      expect(countOf(time)).toBe(0)
      expect((await store.lookUp({ entries: [], scopes: [EVERYTHING] })).fences).toEqual([time])
    })
  })
}
