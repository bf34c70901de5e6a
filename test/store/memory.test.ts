/**
 * The store in memory: the contract, and what is its own: bounds, order of use, expiry without timers.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { type FakeClock, fakeClock } from '../fixtures/clock.ts'
import { describeStore } from './contract.ts'

const OVERHEAD = 128
const sizeOf = (name: string, value: string) => OVERHEAD + 2 * (name.length + value.length)

async function put(store: Store, name: string, value = 'x', seconds = 60): Promise<void> {
  const stamp = await store.begin()
  expect(await store.commit({ stamp, scopes: [], writes: [{ name, value, seconds }] })).toBe('stored')
}

async function kept(store: Store, ...entries: string[]): Promise<string[]> {
  const seen = await store.lookUp({ entries, scopes: [] })
  return entries.filter((_, i) => seen.entries[i] !== null)
}

afterEach(() => {
  vi.restoreAllMocks()
})

describeStore('memory', ['evict', 'advance'], async () => {
  const now = fakeClock()
  const store = memoryStore({ now, maxBytes: 16 * 1024 * 1024 })
  return {
    store,
    advance: (seconds) => now.advance(seconds),
    // A value too large to be kept removes the one it replaces.
    evict: async (name) => put(store, name, 'x'.repeat(8 * 1024 * 1024)),
  }
})

describe('memory: bounded', () => {
  test('by names: what was used longest ago makes room', async () => {
    const store = memoryStore({ maxEntries: 4 })
    await store.begin() // the fence of everything is a name too
    await put(store, 'e:1')
    await put(store, 'e:2')
    await put(store, 'e:3')
    expect(await kept(store, 'e:1')).toEqual(['e:1']) // used: now the latest
    await put(store, 'e:4')
    await put(store, 'e:5')
    expect(await kept(store, 'e:1', 'e:2', 'e:3', 'e:4', 'e:5')).toEqual(['e:1', 'e:3', 'e:4', 'e:5'])
  })

  test('a page in use keeps its fences: each look-up uses them too', async () => {
    const store = memoryStore({ maxEntries: 5 })
    const stamp = await store.begin()
    const scopes = ['a', 'n:x', 't:x']
    await store.commit({ stamp, scopes, writes: [{ name: 'e:hot', value: 'x', seconds: 60 }] })
    for (let i = 0; i < 20; i++) {
      await put(store, `e:cold:${i}`)
      const seen = await store.lookUp({ entries: ['e:hot'], scopes })
      expect([...seen.entries, ...seen.fences]).toEqual(['x', stamp, stamp, stamp])
    }
  })

  test('by bytes, two for each unit of name and value, and an overhead', async () => {
    const value = 'é'.repeat(1000)
    const one = sizeOf('e:1', value)
    const clock = '01234567-89ab-cdef-0123-456789abcdef:0'
    const store = memoryStore({ maxBytes: 3 * one + sizeOf('a', clock) })
    await put(store, 'e:1', value)
    await put(store, 'e:2', value)
    await put(store, 'e:3', value)
    const seen = await store.lookUp({ entries: ['e:1', 'e:2', 'e:3'], scopes: ['a'] })
    expect(seen.entries).toEqual([value, value, value])
    expect(seen.fences[0]).toHaveLength(clock.length)
    await put(store, 'e:4', '')
    expect(await kept(store, 'e:1', 'e:2', 'e:3', 'e:4')).toEqual(['e:1', 'e:2', 'e:3', 'e:4'].slice(1))
  })

  test('a replaced value gives its bytes back', async () => {
    const store = memoryStore({ maxBytes: 10_000 })
    await put(store, 'e:other')
    for (let i = 0; i < 100; i++) await put(store, 'e:1', 'x'.repeat(1000))
    expect(await kept(store, 'e:1', 'e:other')).toEqual(['e:1', 'e:other'])
  })

  test('a value larger than everything is not kept, pushes nothing out, and ends the older one', async () => {
    const store = memoryStore({ maxBytes: 2000 })
    await put(store, 'e:1')
    await put(store, 'e:2')
    await put(store, 'e:1', 'x'.repeat(2000))
    expect(await kept(store, 'e:1', 'e:2')).toEqual(['e:2'])
  })

  test('fences and leases count, so that tags without end cannot fill the process', async () => {
    const store = memoryStore({ maxEntries: 10 })
    await put(store, 'e:1')
    const scopes = Array.from({ length: 1000 }, (_, i) => `t:${i}`)
    await store.clear(scopes)
    const { entries, fences } = await store.lookUp({ entries: ['e:1'], scopes })
    expect(entries).toEqual([null])
    expect(fences.filter(Boolean)).toHaveLength(10)
    for (let i = 0; i < 10; i++) await store.lease(`l:${i}`, 'me', 60_000)
    const later = await store.lookUp({ entries: [], scopes })
    expect(later.fences.filter(Boolean)).toHaveLength(0)
  })

  test('a fence pushed out right after its clear lets nothing old through', async () => {
    const store = memoryStore({ maxEntries: 3 })
    const stamp = await store.begin()
    await store.clear(['t:x'])
    for (let i = 0; i < 3; i++) await put(store, `e:${i}`)
    expect((await store.lookUp({ entries: [], scopes: ['t:x'] })).fences).toEqual([null])
    const writes = [{ name: 'e:x', value: 'old', seconds: 60 }]
    expect(await store.commit({ stamp, scopes: ['t:x'], writes })).toBe('cleared')
  })

  test.each([{ maxEntries: 0 }, { maxBytes: 0 }])(
    'room for nothing: nothing is kept and nothing breaks: %o',
    async (bounds) => {
      const store = memoryStore(bounds)
      const stamp = await store.begin()
      await put(store, 'e:1')
      expect(await kept(store, 'e:1')).toEqual([])
      expect(await store.begin()).toBe(stamp)
      expect(await store.clear(['t:1'])).not.toBe(stamp)
      const writes = [{ name: 'e:1', value: 'x', seconds: 60 }]
      expect(await store.commit({ stamp, scopes: ['t:1'], writes })).toBe('cleared')
    },
  )

  test('it is a plain LRU cache with expiry, whatever is done to it', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ put: fc.nat(9), length: fc.nat(400), seconds: fc.integer({ min: 1, max: 20 }) }),
        fc.record({ get: fc.nat(9) }),
        fc.record({ wait: fc.nat(8) }),
      ),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const [maxBytes, maxEntries] = [2000, 5]
        const now = fakeClock()
        const store = memoryStore({ maxBytes, maxEntries, now })
        // Oldest first; written for clearness, a list.
        const epoch = (await store.begin()).length
        let model = [
          { name: 'a', size: OVERHEAD + 2 * (1 + epoch), value: '', until: Number.POSITIVE_INFINITY },
        ]
        for (const step of run) {
          if ('wait' in step) now.advance(step.wait)
          else if ('put' in step) {
            const name = `e:${step.put}`
            const value = 'x'.repeat(step.length)
            await put(store, name, value, step.seconds)
            const size = sizeOf(name, value)
            model = model.filter((item) => item.name !== name)
            if (size <= maxBytes) model.push({ name, size, value, until: now() + step.seconds * 1000 })
            while (model.length > maxEntries || model.reduce((sum, item) => sum + item.size, 0) > maxBytes)
              model.shift()
          } else {
            const name = `e:${step.get}`
            const at = model.findIndex((item) => item.name === name)
            const [item] = at < 0 ? [] : model.splice(at, 1)
            const alive = item && item.until > now() ? item : undefined
            if (alive) model.push(alive)
            const seen = await store.lookUp({ entries: [name], scopes: [] })
            expect(seen.entries).toEqual([alive?.value ?? null])
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('memory: expiry', () => {
  const story = async (): Promise<{ store: Store; now: FakeClock }> => {
    const now = fakeClock()
    const store = memoryStore({ now, maxEntries: 3 })
    await put(store, 'e:1', 'x', 10)
    return { store, now }
  }

  test('to the second', async () => {
    const { store, now } = await story()
    now.advance(9.999)
    expect(await kept(store, 'e:1')).toEqual(['e:1'])
    now.advance(0.001)
    expect(await kept(store, 'e:1')).toEqual([])
  })

  test('looking does not prolong a life', async () => {
    const { store, now } = await story()
    for (let i = 0; i < 9; i++) {
      now.advance(1)
      expect(await kept(store, 'e:1')).toEqual(['e:1'])
    }
    now.advance(1)
    expect(await kept(store, 'e:1')).toEqual([])
  })

  test('what has expired is gone once it was looked at, also if the wall clock steps back', async () => {
    const { store, now } = await story()
    now.advance(10)
    expect(await kept(store, 'e:1')).toEqual([])
    now.advance(-5)
    expect(await kept(store, 'e:1')).toEqual([])
  })

  test('no timers are set', async () => {
    const timeout = vi.spyOn(globalThis, 'setTimeout')
    const interval = vi.spyOn(globalThis, 'setInterval')
    const { store } = await story()
    await store.lease('l:1', 'me', 1000)
    await store.clear(['t:1'])
    expect(timeout).not.toHaveBeenCalled()
    expect(interval).not.toHaveBeenCalled()
  })

  test('the wall clock is Date.now unless another is given, as it is when it is read', async () => {
    const store = memoryStore()
    vi.spyOn(Date, 'now').mockReturnValue(1_000_000)
    await put(store, 'e:1', 'x', 10)
    vi.spyOn(Date, 'now').mockReturnValue(1_010_000)
    expect(await kept(store, 'e:1')).toEqual([])
  })
})

describe('memory: made', () => {
  test('at module scope: no randomness before the first use', async () => {
    const random = vi.spyOn(crypto, 'randomUUID')
    const values = vi.spyOn(crypto, 'getRandomValues')
    const store = memoryStore()
    await store.lookUp({ entries: ['e:1'], scopes: ['a'] })
    await store.commit({ stamp: 'e:0', scopes: [], writes: [] })
    expect(random).not.toHaveBeenCalled()
    await store.begin()
    await store.clear([])
    expect(random).toHaveBeenCalledOnce()
    expect(values).not.toHaveBeenCalled()
  })

  test('two stores share nothing', async () => {
    const [one, other] = [memoryStore(), memoryStore()]
    await put(one, 'e:1')
    expect(await kept(other, 'e:1')).toEqual([])
    expect(await other.begin()).not.toBe(await one.begin())
  })
})
