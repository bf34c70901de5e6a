/**
 * The contract when Redis loses something, a fence, an entry or the clock itself: it costs a recomputation, and never
 * brings back what was cleared.
 */
import { expect } from 'vitest'
import { epochOf } from '../../../src/store/time.ts'
import { begin, ENTRY, keep, read, SCOPES, stored, TAG } from './page.ts'
import type { Stage } from './stage.ts'

export function losing({ chapter, story }: Stage): void {
  chapter(['evict', 'loseClock'], 'loss costs a recomputation and nothing else', () => {
    story(
      'evict',
      'a fence evicted right after its clear does not come back older than that',
      async ({ store, evict }) => {
        await stored(store, 'old')
        const slow = await begin(store)
        await store.clear([TAG])
        await evict(TAG)
        expect(await read(store)).toBeNull()
        expect(await slow.finish('old')).toBe('cleared')
        expect(await read(store)).toBeNull()
        await stored(store, 'new')
      },
    )

    for (const scope of SCOPES) {
      story('evict', `an entry whose fence is gone is not served: ${scope}`, async ({ store, evict }) => {
        await stored(store, 'old')
        await store.clear(['t:other'])
        await evict(scope)
        expect(await read(store)).toBeNull()
        await stored(store, 'new')
      })
    }

    story('evict', 'an entry that was evicted is a miss', async ({ store, evict }) => {
      await stored(store, 'old')
      await evict(ENTRY)
      expect(await read(store)).toBeNull()
      await stored(store, 'new')
    })

    story(
      'loseClock',
      'without the clock nothing is served and nothing is stored',
      async ({ store, loseClock }) => {
        await stored(store, 'old')
        const slow = await begin(store)
        await loseClock()
        expect(await read(store)).toBeNull()
        expect(await slow.finish('old')).toBe('lost')
      },
    )

    story(
      'loseClock',
      'a new clock is of a new epoch, in which nothing old counts',
      async ({ store, loseClock }) => {
        await stored(store, 'old')
        const slow = await begin(store)
        await loseClock()
        const time = await store.begin()
        expect(epochOf(time)).not.toBe(epochOf(slow.stamp))
        expect(await read(store)).toBeNull()
        expect(await slow.finish('old')).toBe('lost')
        expect(await read(store)).toBeNull()
        await stored(store, 'new')
        await store.clear([TAG])
        expect(await read(store)).toBeNull()
      },
    )

    story(
      'loseClock',
      'fences of the old epoch are taken over, not left to block for ever',
      async ({ store, loseClock }) => {
        for (let i = 0; i < 5; i++) await store.clear(SCOPES)
        await loseClock()
        expect(await keep(store, 'new')).toBe('stored')
        expect(await read(store)).toBe('new')
      },
    )

    story(
      'loseClock',
      'a clear that finds no clock makes one, and is a clear',
      async ({ store, loseClock }) => {
        await stored(store, 'old')
        const slow = await begin(store)
        await loseClock()
        const time = await store.clear([TAG])
        expect(epochOf(time)).not.toBe(epochOf(slow.stamp))
        expect(await read(store)).toBeNull()
        expect(await slow.finish('old')).toBe('lost')
      },
    )
  })
}
