/**
 * The contract between two isolates over the same data: what one stores, clears or leases is so for the other at once.
 */
import { expect } from 'vitest'
import { begin, LEASE, read, stored, TAG } from './page.ts'
import type { Stage } from './stage.ts'

export function sharing({ chapter, story }: Stage): void {
  chapter(['sibling'], 'two isolates', () => {
    story('sibling', 'what one stores the other serves', async ({ store, sibling }) => {
      await stored(store, 'ours')
      expect(await read(sibling)).toBe('ours')
      expect(await sibling.begin()).toBe(await store.begin())
    })

    story('sibling', 'what one clears the other neither serves nor stores', async ({ store, sibling }) => {
      await stored(store, 'old')
      const slow = await begin(store)
      await sibling.clear([TAG])
      expect(await read(store)).toBeNull()
      expect(await slow.finish('old')).toBe('cleared')
    })

    story('sibling', 'what one is recomputing the other does not', async ({ store, sibling }) => {
      expect(await store.lease(LEASE, 'one', 1000)).toBe(true)
      expect(await sibling.lease(LEASE, 'other', 1000)).toBe(false)
      await store.release(LEASE, 'one')
      expect(await sibling.lease(LEASE, 'other', 1000)).toBe(true)
    })
  })
}
