/** The near tier: what a hit costs, when a copy is believed, what becomes one, and how much is kept. */
import { describe, expect, test } from 'vitest'
import type { Time } from '../../src/store/time.ts'
import { ask, HOUR, NAME, put, read, SCOPES, world } from './near-world.ts'

const MINE = 0
const WITH_ENTRY = 1

describe('what a hit costs', () => {
  test('nothing within the window, then a look-up without the entry, which begins another window', async () => {
    const { elsewhere, store, now, sentSince } = world()
    await put(elsewhere, 'body')
    expect(await read(store)).toBe('body')
    expect(sentSince()).toEqual([WITH_ENTRY])
    for (let round = 0; round < 3; round++) {
      now.advance(9.999)
      expect(await read(store)).toBe('body')
      expect(sentSince()).toEqual([])
      now.advance(0.001)
      expect(await read(store)).toBe('body')
      expect(sentSince()).toEqual([MINE])
    }
  })

  test('without a window a look-up each time, and the entry only once', async () => {
    const { elsewhere, store, sentSince } = world({ seconds: 0 })
    await put(elsewhere, 'body')
    for (let i = 0; i < 4; i++) expect(await read(store)).toBe('body')
    expect(sentSince()).toEqual([WITH_ENTRY, MINE, MINE, MINE])
  })

  test('what was stored here is never fetched', async () => {
    const { store, sentSince } = world()
    await put(store, 'body')
    expect(await read(store)).toBe('body')
    expect(await read(store)).toBe('body')
    expect(sentSince()).toEqual([MINE])
  })

  test('a copy counts only with all others that are asked for: else the store is asked for all', async () => {
    const { elsewhere, store, sentSince } = world()
    await put(elsewhere, 'record')
    await put(elsewhere, 'variant', { name: 'e:x:2' })
    await read(store)
    sentSince()
    const both = { entries: [NAME, 'e:x:2'], scopes: SCOPES }
    await store.lookUp(both)
    expect(sentSince()).toEqual([2])
    expect(await store.lookUp(both)).toMatchObject({ near: true })
    expect(sentSince()).toEqual([])
    await put(store, 'another record')
    const { entries } = await store.lookUp(both)
    expect(entries[0]).toContain('another record')
    expect(sentSince()).toEqual([MINE])
  })

  test('a question without entries is asked', async () => {
    const { store, sentSince } = world()
    await store.lookUp({ entries: [], scopes: SCOPES })
    await store.lookUp({ entries: [], scopes: SCOPES })
    expect(sentSince()).toEqual([0, 0])
  })

  test('several paths with one static key have a window each, the latest eight of them', async () => {
    const { elsewhere, store, sentSince } = world()
    const scopesOf = (path: number) => [...SCOPES, `p:${path}`]
    await put(elsewhere, 'body', { scopes: Array.from({ length: 9 }, (_, path) => scopesOf(path)).flat() })
    for (let path = 0; path < 9; path++) await read(store, { scopes: scopesOf(path) })
    sentSince()
    for (let path = 1; path < 9; path++) expect(await read(store, { scopes: scopesOf(path) })).toBe('body')
    expect(sentSince()).toEqual([])
    await read(store, { scopes: scopesOf(0) })
    expect(sentSince()).toEqual([MINE])
  })
})

describe('the window', () => {
  test('is for the whole set of scopes: others are asked for', async () => {
    const { elsewhere, store } = world()
    await put(elsewhere, 'old', { scopes: [...SCOPES, 'p:a', 'p:b'] })
    expect(await read(store, { scopes: [...SCOPES, 'p:a'] })).toBe('old')
    await elsewhere.clear(['p:b'])
    expect(await read(store, { scopes: [...SCOPES, 'p:b'] })).toBeNull()
  })

  test('ends when the wall clock is set back', async () => {
    const { elsewhere, store, now, sentSince } = world()
    await put(elsewhere, 'old')
    await read(store)
    now.advance(-HOUR)
    await elsewhere.clear(['t:x'])
    expect(await read(store)).toBeNull()
    expect(sentSince()).toEqual([WITH_ENTRY, MINE])
  })

  test('does not open once more when a clock that was set back has caught up', async () => {
    const { elsewhere, store, now } = world()
    await put(elsewhere, 'old')
    await put(elsewhere, 'other', { name: 'e:x:2' })
    await read(store)
    now.advance(-HOUR)
    // Nobody asks for the page meanwhile.
    await read(store, { name: 'e:x:2' })
    await elsewhere.clear(['t:x'])
    now.advance(HOUR + 1)
    expect(await read(store)).toBeNull()
  })

  test('is over with the store away: a copy is no answer then', async () => {
    const { elsewhere, store, now, trouble } = world()
    await put(elsewhere, 'body')
    await read(store)
    trouble.error = new Error('down')
    expect(await read(store)).toBe('body')
    now.advance(10)
    await expect(ask(store)).rejects.toThrow('down')
    await expect(ask(store)).rejects.toThrow('down')
  })
})

describe.each([
  ['that fetches an entry', false],
  ['without the entry', true],
])('a look-up %s, whose reply takes its time', (_, copied) => {
  async function underWay() {
    const ours = world()
    await put(ours.elsewhere, 'old')
    if (copied) await read(ours.store)
    ours.now.advance(10)
    return { ...ours, slow: ours.askSlowly() }
  }

  test('has a window from when it was sent, not from its reply', async () => {
    const { elsewhere, store, now, slow } = await underWay()
    await elsewhere.clear(['t:x'])
    now.advance(8)
    expect(await slow.arrive()).toBe('old')
    now.advance(1.9)
    expect(await read(store)).toBe('old')
    now.advance(0.1)
    expect(await read(store)).toBeNull()
  })

  test('does not bring back what was cleared here meanwhile', async () => {
    const { store, slow } = await underWay()
    await store.clear(['t:x'])
    expect(await slow.arrive()).toBeNull()
    expect(await read(store)).toBeNull()
  })

  test('does not bring back what a later look-up has shown to be cleared elsewhere', async () => {
    const { elsewhere, store, slow } = await underWay()
    await elsewhere.clear(['t:x'])
    expect(await read(store)).toBeNull()
    expect(await slow.arrive()).toBe('old')
    expect(await read(store)).toBeNull()
  })

  test('does not take the place of what a later look-up has fetched', async () => {
    const { elsewhere, store, slow } = await underWay()
    await put(elsewhere, 'new')
    await ask(store, { full: true })
    expect(await slow.arrive()).toBe('old')
    expect(await read(store)).toBe('new')
  })

  test('does not take the place of what was stored here meanwhile', async () => {
    const { store, slow } = await underWay()
    await put(store, 'new')
    expect(await slow.arrive()).toBe('old')
    expect(await read(store)).toBe('new')
  })
})

describe('a clear', () => {
  test('made here is seen at once, for the copies that it covers and no others', async () => {
    const { store, sentSince } = world()
    await put(store, 'old')
    await put(store, 'other', { name: 'e:x:2', scopes: ['a', 't:y'] })
    const other = { name: 'e:x:2', scopes: ['a', 't:y'] }
    await Promise.all([read(store), read(store, other)])
    sentSince()
    await store.clear(['t:x'])
    expect(await read(store)).toBeNull()
    expect(await read(store, other)).toBe('other')
    expect(sentSince()).toEqual([])
  })

  test('made here is seen after a thousand others, too', async () => {
    const { store } = world()
    await put(store, 'old')
    await read(store)
    await store.clear(['t:x'])
    await store.clear(Array.from({ length: 1000 }, (_, i) => `t:${i}`))
    expect(await read(store)).toBeNull()
  })

  test.each([
    [0, null],
    [10, 'old'],
  ])('made elsewhere is seen after at most %d seconds', async (seconds, before) => {
    const { elsewhere, store, now } = world({ seconds })
    await put(elsewhere, 'old')
    await read(store)
    await elsewhere.clear(['t:x'])
    expect(await read(store)).toBe(before)
    now.advance(seconds)
    expect(await read(store)).toBeNull()
  })

  test('that failed suspends near hits, too', async () => {
    const { store, trouble } = world()
    await put(store, 'old')
    await read(store)
    trouble.error = new Error('down')
    await expect(store.clear(['t:x'])).rejects.toThrow('down')
    expect(await ask(store)).toMatchObject({ suspended: true, entries: [null] })
  })
})

describe('what becomes a copy', () => {
  const later = (time: Time) => time.replace(/\d+$/, (count) => String(Number(count) + 1))

  test('nothing of a commit that was refused: its times may be issued again', async () => {
    const { elsewhere, store, sentSince } = world()
    const stamp = await store.begin()
    // As if the clock had fallen back: a time that is yet to come.
    expect(await put(store, 'of another life', { stamp: later(stamp) })).toBe('lost')
    await put(elsewhere, 'new')
    await elsewhere.clear([])
    expect(await read(store)).toBe('new')
    expect(sentSince()).toEqual([WITH_ENTRY])
  })

  test('a commit that was refused drops the copy: else its window would go on, and each hit be refreshed in vain', async () => {
    const { elsewhere, store, sentSince } = world()
    const stamp = await elsewhere.begin()
    await put(store, 'old')
    expect(await read(store)).toBe('old')
    await elsewhere.clear(['t:x'])
    sentSince()
    expect(await read(store)).toBe('old')
    expect(await put(store, 'refreshed', { stamp })).toBe('cleared')
    expect(await read(store)).toBe(null)
    expect(sentSince()).toEqual([WITH_ENTRY])
  })

  test('nothing of a commit that failed', async () => {
    const { store, trouble, sentSince } = world()
    await put(store, 'first', { name: 'e:x:2' })
    trouble.error = new Error('down')
    await expect(put(store, 'body')).rejects.toThrow('down')
    delete trouble.error
    expect(await read(store)).toBeNull()
    expect(sentSince()).toEqual([WITH_ENTRY])
  })

  test('who asks in full gets what others have stored, and so does everybody after', async () => {
    const { elsewhere, store, sentSince } = world()
    await put(store, 'mine')
    await put(elsewhere, 'theirs')
    expect(await read(store)).toBe('mine')
    expect(await ask(store, { full: true })).not.toHaveProperty('near')
    expect(await read(store)).toBe('theirs')
    expect(sentSince()).toEqual([MINE, WITH_ENTRY])
  })

  test('nothing stays of what the store no longer has, once it was asked in full', async () => {
    const { elsewhere, store, now, sentSince } = world()
    await put(elsewhere, 'body')
    await read(store)
    now.advance(HOUR)
    expect(await read(store, { full: true })).toBeNull()
    await read(store)
    expect(sentSince()).toEqual([WITH_ENTRY, WITH_ENTRY, WITH_ENTRY])
  })
})

describe('memory', () => {
  const BODY = 'x'.repeat(10_000)

  test('is bounded by bytes: what was used longest ago makes room', async () => {
    const { elsewhere, store, sentSince } = world({ maxBytes: 65_000 })
    const names = ['e:1', 'e:2', 'e:3', 'e:4'].map((name) => ({ name }))
    for (const { name } of names) await put(elsewhere, BODY, { name })
    for (const which of [0, 1, 2, 0, 3]) await read(store, names[which])
    sentSince()
    for (const which of [0, 2, 3]) expect(await read(store, names[which])).toBe(BODY)
    expect(sentSince()).toEqual([])
    await read(store, names[1])
    expect(sentSince()).toEqual([WITH_ENTRY])
  })

  test('counts the windows, with the scopes and fences in them', async () => {
    const { elsewhere, store, sentSince } = world({ maxBytes: 65_000 })
    const scopes = Array.from({ length: 64 }, (_, i) => `t:${i}:${'x'.repeat(50)}`)
    await put(elsewhere, 'small', { scopes })
    await put(elsewhere, BODY, { name: 'e:x:2' })
    await read(store, { name: 'e:x:2' })
    for (let i = 0; i < 8; i++) await read(store, { scopes: scopes.toSpliced(i, 1) })
    sentSince()
    await read(store, { name: 'e:x:2' })
    expect(sentSince()).toEqual([WITH_ENTRY])
  })

  test('keeps nothing that is larger than all of it', async () => {
    const { store, sentSince } = world({ maxBytes: 10_000 })
    await put(store, BODY)
    expect(await read(store)).toBe(BODY)
    expect(await read(store)).toBe(BODY)
    expect(sentSince()).toEqual([WITH_ENTRY, WITH_ENTRY])
  })
})
