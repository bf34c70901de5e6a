/**
 * The contract of `lease` and `release`: one holds it, only the holder gives it back, and one who died does not hold it
 * for ever.
 */
import { describe, expect, test } from 'vitest'
import { LEASE } from './page.ts'
import type { Stage } from './stage.ts'

export function leasing({ open, story }: Stage): void {
  describe('lease', () => {
    test('one holds it, however many ask', async () => {
      const { store } = await open()
      const taken = await Promise.all(['a', 'b', 'c', 'd'].map((id) => store.lease(LEASE, id, 60_000)))
      expect(taken.filter(Boolean)).toHaveLength(1)
    })

    test('who holds it cannot take it again', async () => {
      const { store } = await open()
      expect(await store.lease(LEASE, 'me', 60_000)).toBe(true)
      expect(await store.lease(LEASE, 'me', 60_000)).toBe(false)
    })

    test('released, it is free', async () => {
      const { store } = await open()
      await store.lease(LEASE, 'me', 60_000)
      await store.release(LEASE, 'me')
      expect(await store.lease(LEASE, 'you', 60_000)).toBe(true)
    })

    test('nobody gives back what another holds', async () => {
      const { store } = await open()
      await store.lease(LEASE, 'me', 60_000)
      await store.release(LEASE, 'you')
      await store.release('l:catalog:nobody', 'you')
      expect(await store.lease(LEASE, 'you', 60_000)).toBe(false)
    })

    test('leases of different keys are different leases', async () => {
      const { store } = await open()
      expect(await store.lease('l:x:1', 'me', 60_000)).toBe(true)
      expect(await store.lease('l:x:2', 'you', 60_000)).toBe(true)
    })

    story('advance', 'a holder that died does not hold it for ever', async ({ store, advance }) => {
      await store.lease(LEASE, 'dead', 1500)
      await advance(1.4)
      expect(await store.lease(LEASE, 'me', 1500)).toBe(false)
      await advance(0.2)
      expect(await store.lease(LEASE, 'me', 1500)).toBe(true)
      await store.release(LEASE, 'dead')
      expect(await store.lease(LEASE, 'you', 1500)).toBe(false)
    })
  })
}
