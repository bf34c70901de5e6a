/**
 * The contract of names: entries, leases, the clock and the kinds of scope may be called what they like and never meet.
 */
import { describe, expect, test } from 'vitest'
import { HOUR } from './page.ts'
import type { Stage } from './stage.ts'

export function naming({ open }: Stage): void {
  describe('names', () => {
    test('entries, leases, the clock and every kind of scope keep out of each other’s way', async () => {
      const { store } = await open()
      const stamp = await store.begin()
      const names = ['e:x', 'e:x:', 'e:x:y', 'e:clock', 'e:a', 'e:t:x']
      const scopes = ['a', 'n:x', 'p:x', 't:x', 'k:x:y', 't:clock', 't:a', 't:', 'n:']
      const writes = names.map((name) => ({ name, value: `value of ${name}`, seconds: HOUR }))
      await store.commit({ stamp, scopes, writes })
      expect(await store.lease('l:x:y', 'me', 60_000)).toBe(true)

      for (const cleared of scopes) {
        const time = await store.clear([cleared])
        const seen = await store.lookUp({ entries: names, scopes })
        expect(await store.begin()).toBe(time)
        expect(seen.entries).toEqual(names.map((name) => `value of ${name}`))
        expect(scopes.filter((_, i) => seen.fences[i] === time)).toEqual([cleared])
      }
      expect(await store.lease('l:x:y', 'you', 60_000)).toBe(false)
    })
  })
}
