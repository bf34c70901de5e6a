/**
 * The contract as time passes: an entry lives as long as it was given, a fence no shorter than the entries it guards,
 * and in the end all goes but the clock.
 */
import { expect } from 'vitest'
import type { Store } from '../../../src/store/store.ts'
import { begin, DAY, HOUR, NAMESPACE, read, SCOPES, stored, TAG } from './page.ts'
import type { Stage } from './stage.ts'

export function expiring({ chapter, story }: Stage): void {
  chapter(['advance'], 'time passes', () => {
    story(
      'advance',
      'an entry lives as long as it was given, and its fences do not end it sooner',
      async ({ store, advance }) => {
        await stored(store, 'old', { seconds: 30 * DAY })
        await advance(30 * DAY - 1)
        expect(await read(store)).toBe('old')
        await advance(2)
        expect(await read(store)).toBeNull()
        await stored(store, 'new')
      },
    )

    const LONG = { name: 'e:catalog:long', seconds: 30 * DAY }

    for (const [how, make] of [
      ['a short entry', (store: Store) => stored(store)],
      ['a clear', (store: Store) => store.clear(SCOPES)],
    ] as const) {
      story('advance', `a long entry outlives no fence that ${how} left`, async ({ store, advance }) => {
        await make(store)
        await advance(HOUR)
        await stored(store, 'long', LONG)
        await advance(LONG.seconds - 1)
        expect(await read(store, LONG)).toBe('long')
        await store.clear([TAG])
        expect(await read(store, LONG)).toBeNull()
      })
    }

    story(
      'advance',
      'a long entry outlives no fence of a namespace that is old already',
      async ({ store, advance }) => {
        await stored(store)
        await advance(50 * DAY)
        await stored(store, 'long', LONG)
        await advance(LONG.seconds - 1)
        expect(await read(store, LONG)).toBe('long')
      },
    )

    story(
      'advance',
      'an entry of two days does not end the fences of one of thirty',
      async ({ store, advance }) => {
        await stored(store, 'long', LONG)
        await stored(store, 'short', { seconds: 2 * DAY })
        await advance(LONG.seconds - 1)
        expect(await read(store, LONG)).toBe('long')
      },
    )

    story('advance', 'a fence that is made to live longer keeps its time', async ({ store, advance }) => {
      await stored(store, 'old', LONG)
      const time = await store.clear([TAG])
      const slow = await begin(store, LONG)
      await store.clear(['t:other'])
      expect(await slow.finish('new')).toBe('stored')
      await advance(2 * DAY)
      expect((await store.lookUp({ entries: [], scopes: [TAG] })).fences).toEqual([time])
    })

    story(
      'advance',
      'a fence that expires makes its entries unknown, not valid',
      async ({ store, advance }) => {
        await stored(store, 'old', { seconds: 90 * DAY, scopes: [NAMESPACE] })
        await store.clear([NAMESPACE])
        await advance(60 * DAY + 1)
        expect((await store.lookUp({ entries: [], scopes: [NAMESPACE] })).fences).toEqual([null])
        expect(await read(store, { scopes: [NAMESPACE] })).toBeNull()
        await stored(store, 'new', { scopes: [NAMESPACE] })
      },
    )

    story(
      'advance',
      'fences go in the end: everything and namespaces after 60 days, others after the entry and a day',
      async ({ store, advance }) => {
        await stored(store, 'old')
        await store.clear(['t:cleared'])
        const left = async () => {
          const { fences } = await store.lookUp({ entries: [], scopes: [...SCOPES, 't:cleared'] })
          return fences.map((fence) => fence !== null)
        }
        await advance(DAY - 1)
        expect(await left()).toEqual([true, true, true, true, true, true])
        await advance(2)
        expect(await left()).toEqual([true, true, true, true, true, false])
        await advance(HOUR)
        expect(await left()).toEqual([true, true, false, false, false, false])
        await advance(59 * DAY - HOUR - 10)
        expect(await left()).toEqual([true, true, false, false, false, false])
        await advance(20)
        expect(await left()).toEqual([false, false, false, false, false, false])
      },
    )

    story('advance', 'the clock does not expire', async ({ store, advance }) => {
      const time = await store.clear([TAG])
      await advance(1000 * DAY)
      expect(await store.begin()).toBe(time)
    })
  })
}
