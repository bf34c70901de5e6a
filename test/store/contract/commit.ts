/**
 * The contract of `commit`: what is stored comes back unharmed, and nothing is stored with a stamp that the clock could
 * not have given.
 */
import { describe, expect, test } from 'vitest'
import { countOf, epochOf } from '../../../src/store/time.ts'
import { ENTRY, HOUR, keep, read, SCOPES, stored, TAG } from './page.ts'
import type { Stage } from './stage.ts'

export function committing({ open }: Stage): void {
  describe('commit', () => {
    test('what was stored is what is served', async () => {
      const { store } = await open()
      expect(await keep(store, 'hello')).toBe('stored')
      expect(await read(store)).toBe('hello')
    })

    test('a newer answer replaces the older one', async () => {
      const { store } = await open()
      await stored(store, 'old')
      await stored(store, 'new')
    })

    test.each([
      ['unicode', 'naïve – 日本語 – 🜚🧪 – \u2028\u2029 – \u00a0'],
      ['line feeds and zero bytes', '\n\r\n\t\0\n'],
      ['nothing at all', ''],
      ['what a client might take for JSON', '123'],
      ['one more such', '{"result":null}'],
      ['a megabyte', 'é0123456789abcd\n'.repeat(65_536)],
    ])('values come back unharmed: %s', async (_, value) => {
      const { store } = await open()
      const stamp = await store.begin()
      const writes = [{ name: ENTRY, value, seconds: HOUR }]
      expect(await store.commit({ stamp, scopes: SCOPES, writes })).toBe('stored')
      const seen = await store.lookUp({ entries: [ENTRY], scopes: [] })
      expect(seen.entries[0] === value, 'the same text').toBe(true)
    })

    test('all writes of a commit are made: an entry and its vary record', async () => {
      const { store } = await open()
      const stamp = await store.begin()
      const names = ['e:x:record', 'e:x:variant']
      const writes = names.map((name) => ({ name, value: name, seconds: HOUR }))
      await store.commit({ stamp, scopes: SCOPES, writes })
      expect((await store.lookUp({ entries: names, scopes: [] })).entries).toEqual(names)
    })

    test('64 tags on one response', async () => {
      const { store } = await open()
      const tags = Array.from({ length: 64 }, (_, i) => `t:${i}`)
      await stored(store, 'tagged', { scopes: [...SCOPES, ...tags] })
      await store.clear(['t:63'])
      expect(await read(store, { scopes: [...SCOPES, ...tags] })).toBeNull()
    })

    test('no scopes and no writes are nothing special', async () => {
      const { store } = await open()
      const stamp = await store.begin()
      expect(await store.commit({ stamp, scopes: [], writes: [] })).toBe('stored')
    })

    test('a store without a clock stores nothing', async () => {
      const { store } = await open()
      const writes = [{ name: ENTRY, value: 'from another life', seconds: HOUR }]
      expect(await store.commit({ stamp: 'e:0', scopes: SCOPES, writes })).toBe('lost')
      const seen = await store.lookUp({ entries: [ENTRY], scopes: SCOPES })
      expect([seen.clock, ...seen.entries, ...seen.fences].every((text) => text === null)).toBe(true)
    })

    test.each([
      ['of another epoch', () => 'another:0'],
      ['ahead of the clock, as after a failover', (now: string) => `${epochOf(now)}:${countOf(now) + 1}`],
      ['of an epoch that only begins alike', (now: string) => `${epochOf(now)!.slice(0, -1)}:0`],
      ['that is none', () => 'nonsense'],
      ['that is empty', () => ''],
    ])('nothing is stored with a stamp %s', async (_, stampAt) => {
      const { store } = await open()
      await store.clear([TAG])
      const stamp = stampAt(await store.begin())
      const writes = [{ name: ENTRY, value: 'x', seconds: HOUR }]
      expect(await store.commit({ stamp, scopes: ['t:new'], writes })).toBe('lost')
      const seen = await store.lookUp({ entries: [ENTRY], scopes: ['t:new'] })
      expect([...seen.entries, ...seen.fences]).toEqual([null, null])
    })
  })
}
