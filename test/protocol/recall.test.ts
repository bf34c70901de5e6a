/**
 * A look-up: how many requests it takes, that one reply decides, and that whatever the isolate remembers wrongly costs
 * a request and never an answer.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Entry, encodeEntry, encodeVaryRecord } from '../../src/entry/entry.ts'
import { createShapes } from '../../src/isolate/shape.ts'
import { type Subject, variantOf } from '../../src/key/subject.ts'
import { keep, keepable } from '../../src/protocol/keep.ts'
import { recall } from '../../src/protocol/recall.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Query, Snapshot, Store } from '../../src/store/store.ts'
import { PAGE } from '../support/page.ts'

const subjectFor = (accept: string | null, rest: Partial<Omit<Subject, 'valueOf'>> = {}): Subject => ({
  namespace: 'default',
  key: 'k',
  name: 'e:default:k',
  text: 'text',
  scopes: ['a', 'n:default'],
  valueOf: (input) => (input === 'accept' ? accept : null),
  ...rest,
})
const SUBJECT = subjectFor('text/html')
const PRIMARY = SUBJECT.name
const DEADLINE = 500

const ENTRY: Omit<Entry, 'text' | 'stamp'> = {
  scopes: SUBJECT.scopes,
  ...PAGE,
}

/** An isolate: its own memory of shapes, over a store that counts what it is asked. */
function isolate(store: Store) {
  const shapes = createShapes()
  const heads = new Map()
  const queries: Query[] = []
  let begins = 0
  const counted: Store = {
    ...store,
    lookUp(query) {
      queries.push(query)
      return store.lookUp(query)
    },
    begin() {
      begins++
      return store.begin()
    },
  }
  return {
    shapes,
    queries,
    begins: () => begins,
    recall: (subject = SUBJECT) => recall({ store: counted, shapes, heads, deadline: DEADLINE }, subject),
    /** Stores an answer as a handler would have made it. */
    async fill(made: { subject?: Subject; inputs?: string[]; scopes?: string[]; body?: string } = {}) {
      const { subject = SUBJECT, inputs = [], scopes = [], body = 'body' } = made
      const stamp = await store.begin()
      const entry = { ...ENTRY, stamp, scopes: [...subject.scopes, ...scopes], body }
      const { outcome } = await keep({ store, shapes }, subject, keepable(subject, entry, inputs, [])!, 60)
      expect(outcome).toBe('stored')
    },
  }
}

/** A store that gives these replies, one after another; the clock and all fences stand at `x:5`. */
function scripted(...replies: (readonly (string | null)[] | Partial<Snapshot>)[]): Store {
  let at = 0
  const refuse = () => Promise.reject(new Error('not asked for'))
  return {
    async lookUp({ scopes }) {
      const reply = replies[at++] ?? []
      const fences = scopes.map(() => 'x:5')
      const found = { entries: [], clock: 'x:5', scopes, fences }
      return 'length' in reply ? { ...found, entries: reply } : { ...found, ...reply }
    },
    begin: async () => 'new:0',
    commit: refuse,
    clear: refuse,
    lease: refuse,
    release: refuse,
  }
}

const entryOf = (change: Partial<Entry> = {}) =>
  encodeEntry({ ...ENTRY, text: 'text', stamp: 'x:5', ...change })
const recordOf = (...inputs: string[]) => encodeVaryRecord({ text: 'text', inputs, scopes: [] })
const variantText = (...inputs: string[]) => variantOf(SUBJECT, inputs)!.text

describe('how many look-ups it takes', () => {
  test('one for a plain hit', async () => {
    const first = isolate(memoryStore())
    await first.fill()
    expect(await first.recall()).toMatchObject({ outcome: 'found', entry: { body: 'body' }, inputs: [] })
    expect(first.queries).toEqual([{ entries: [PRIMARY], scopes: SUBJECT.scopes }])
  })

  test('one for a miss, and the clock is had', async () => {
    const first = isolate(memoryStore())
    await first.fill()
    const missed = await first.recall(subjectFor(null, { key: 'other', name: 'e:default:other' }))
    expect(missed).toMatchObject({ outcome: 'uri-miss', stamp: expect.stringMatching(/:0$/) })
    expect([first.queries.length, first.begins()]).toEqual([1, 0])
  })

  test('three for a variant with added scopes that this isolate has never seen, then one', async () => {
    const store = memoryStore()
    await isolate(store).fill({ inputs: ['accept'], scopes: ['t:a'] })
    // The record names its own scopes: here they are of another variant.
    const other = subjectFor('application/json')
    await isolate(store).fill({ subject: other, inputs: ['accept'], scopes: ['t:b'] })

    const cold = isolate(store)
    expect(await cold.recall()).toMatchObject({ outcome: 'found', inputs: ['accept'] })
    const { name } = variantOf(SUBJECT, ['accept'])!
    expect(cold.queries).toEqual([
      { entries: [PRIMARY], scopes: SUBJECT.scopes },
      { entries: [PRIMARY, name], scopes: [...SUBJECT.scopes, 't:b'] },
      { entries: [PRIMARY, name], scopes: [...SUBJECT.scopes, 't:b', 't:a'] },
    ])
    expect(await cold.recall()).toMatchObject({ outcome: 'found' })
    expect(cold.queries).toHaveLength(4)
  })

  test('two for a variant whose record names its scopes', async () => {
    const store = memoryStore()
    await isolate(store).fill({ inputs: ['accept'], scopes: ['t:a'] })
    const cold = isolate(store)
    expect(await cold.recall()).toMatchObject({ outcome: 'found' })
    expect(cold.queries).toHaveLength(2)
  })

  test('two for a plain entry whose handler added scopes, then one', async () => {
    const store = memoryStore()
    await isolate(store).fill({ scopes: ['t:a'] })
    const cold = isolate(store)
    await cold.recall()
    await cold.recall()
    expect(cold.queries.map(({ scopes }) => scopes.length)).toEqual([2, 3, 3])
  })

  test('no more than three, whatever the store says: then it is a miss', async () => {
    const ever = isolate(scripted([recordOf('a')], [recordOf('b')], [recordOf('c')], [recordOf('c')]))
    expect(await ever.recall()).toMatchObject({ outcome: 'vary-miss', stamp: 'x:5', inputs: ['c'] })
    expect(ever.queries).toHaveLength(3)

    const scopes = (tag: string) => entryOf({ scopes: [...SUBJECT.scopes, tag] })
    const growing = isolate(scripted([scopes('t:1')], [scopes('t:2')], [scopes('t:3')], [scopes('t:3')]))
    expect(await growing.recall()).toMatchObject({ outcome: 'invalid', stamp: 'x:5' })
    expect(growing.queries).toHaveLength(3)
  })
})

describe('what is memory and what is known', () => {
  test('a variant without its record in the same reply says nothing', async () => {
    const variant = entryOf({ text: variantText('accept') })
    const lost = isolate(scripted([null, variant]))
    lost.shapes.set(PRIMARY, { inputs: ['accept'], scopes: [] })
    expect(await lost.recall()).toEqual({
      outcome: 'uri-miss',
      stamp: 'x:5',
      inputs: [],
      seen: expect.anything(),
    })
  })

  test('nor does one whose record has other names by now', async () => {
    const old = entryOf({ text: variantText('accept') })
    const grown = isolate(scripted([recordOf('accept', 'dnt'), old], [recordOf('accept', 'dnt'), null]))
    grown.shapes.set(PRIMARY, { inputs: ['accept'], scopes: [] })
    expect(await grown.recall()).toMatchObject({ outcome: 'vary-miss', inputs: ['accept', 'dnt'] })
    expect(grown.queries[1]!.entries).toEqual([PRIMARY, variantOf(SUBJECT, ['accept', 'dnt'])!.name])
  })

  test('a remembered record that has become a plain entry is the entry', async () => {
    const plain = isolate(scripted([entryOf(), null]))
    plain.shapes.set(PRIMARY, { inputs: ['accept'], scopes: ['t:old'] })
    expect(await plain.recall()).toMatchObject({ outcome: 'found', entry: { body: 'body' }, inputs: [] })
  })

  test('a remembered scope that is not the entry’s does not speak against it', async () => {
    const store = memoryStore()
    const first = isolate(store)
    await first.fill()
    first.shapes.set(PRIMARY, { inputs: [], scopes: ['t:never-stored'] })
    expect(await first.recall()).toMatchObject({ outcome: 'found' })
  })

  test('each value has its own variant', async () => {
    const first = isolate(memoryStore())
    const json = subjectFor('application/json')
    await first.fill({ inputs: ['accept'], body: 'html' })
    await first.fill({ subject: json, inputs: ['accept'], body: 'json' })
    expect(await first.recall()).toMatchObject({ entry: { body: 'html' } })
    expect(await first.recall(json)).toMatchObject({ entry: { body: 'json' } })
    expect(await first.recall(subjectFor(null))).toMatchObject({ outcome: 'vary-miss', inputs: ['accept'] })
  })
})

test('a key whose variants depend on what this request has and cannot be keyed is not looked up by halves', async () => {
  const unkeyed = isolate(scripted([recordOf('accept')], [recordOf('accept'), null]))
  const session = { ...SUBJECT, valueOf: () => undefined }
  expect(await unkeyed.recall(session)).toEqual({ outcome: 'unkeyed', input: 'accept' })
  expect(unkeyed.queries.at(-1)!.entries).toEqual([PRIMARY])
})

describe('an MD5 that was made to collide', () => {
  test.each<[string, (string | null)[]]>([
    ['an entry of another text', [entryOf({ text: 'other' })]],
    ['a record of another text', [encodeVaryRecord({ text: 'other', inputs: ['accept'], scopes: [] })]],
    ['a variant in the place of a key', [entryOf({ text: variantText('accept') })]],
    ['a damaged entry', [entryOf().slice(0, 20)]],
    ['a value of somebody else', ['"text"']],
  ])('%s is a miss', async (_, entries) => {
    const attacked = isolate(scripted(entries))
    expect(await attacked.recall()).toEqual({
      outcome: 'uri-miss',
      stamp: 'x:5',
      inputs: [],
      seen: expect.anything(),
    })
    expect(attacked.queries).toHaveLength(1)
  })

  test.each<[string, string]>([
    ['a variant of another value', entryOf({ text: variantOf(subjectFor('text/css'), ['accept'])!.text })],
    ['the plain text in the place of a variant', entryOf()],
    ['a record in the place of a variant', recordOf('accept')],
  ])('%s is a miss', async (_, variant) => {
    const attacked = isolate(scripted([recordOf('accept'), variant]))
    attacked.shapes.set(PRIMARY, { inputs: ['accept'], scopes: [] })
    expect(await attacked.recall()).toEqual({
      outcome: 'vary-miss',
      stamp: 'x:5',
      inputs: ['accept'],
      seen: expect.anything(),
    })
  })
})

describe('what has been cleared', () => {
  test.each(['a', 'n:default', 't:a'])('in scope %s is invalid', async (scope) => {
    const store = memoryStore()
    const first = isolate(store)
    await first.fill({ scopes: ['t:a'] })
    await store.clear([scope])
    expect(await first.recall()).toMatchObject({ outcome: 'invalid', stamp: expect.stringMatching(/:1$/) })
  })

  test('a fence that is missing is invalid too, and is not asked for again', async () => {
    const evicted = isolate(scripted({ entries: [entryOf()], fences: ['x:5', null] }))
    expect(await evicted.recall()).toMatchObject({ outcome: 'invalid' })
    expect(evicted.queries).toHaveLength(1)
  })

  test('while a clear made here is due, nothing is used, and no clock begins', async () => {
    const suspended = isolate(scripted({ entries: [entryOf()], clock: null, suspended: true }))
    expect(await suspended.recall()).toEqual({ outcome: 'suspended' })
    expect(suspended.begins()).toBe(0)
  })
})

describe('no clock', () => {
  test('begins one, once, before the handler runs', async () => {
    const fresh = isolate(memoryStore())
    const { stamp } = (await fresh.recall()) as { stamp: string }
    expect(await fresh.recall()).toEqual({ outcome: 'uri-miss', stamp, inputs: [], seen: expect.anything() })
    expect(fresh.begins()).toBe(1)
  })

  test('no entry is valid, and the record still says what the key depends on', async () => {
    const lost = isolate(
      scripted({ entries: [recordOf('accept'), entryOf({ text: variantText('accept') })], clock: null }),
    )
    lost.shapes.set(PRIMARY, { inputs: ['accept'], scopes: [] })
    expect(await lost.recall()).toEqual({
      outcome: 'invalid',
      stamp: 'new:0',
      inputs: ['accept'],
      seen: expect.anything(),
    })
  })
})

describe('one deadline for all calls', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Each call takes so many milliseconds. */
  function slow(store: Store, ms: number): Store {
    const after = async <T>(call: () => Promise<T>) => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      return call()
    }
    return {
      ...store,
      lookUp: (query) => after(() => store.lookUp(query)),
      begin: () => after(() => store.begin()),
    }
  }

  test('three calls that each keep to it do not have it three times', async () => {
    const patient = isolate(slow(scripted([recordOf('a')], [recordOf('b')], [recordOf('c')]), 300))
    const failed = expect(patient.recall()).rejects.toMatchObject({ name: 'StoreError', reason: 'timeout' })
    await vi.advanceTimersByTimeAsync(DEADLINE)
    await failed
    expect(patient.queries).toHaveLength(2)
  })

  test('what fits into it is answered', async () => {
    const quick = isolate(slow(scripted([recordOf('a')], [recordOf('a'), null]), 200))
    const answered = expect(quick.recall()).resolves.toMatchObject({ outcome: 'vary-miss' })
    await vi.advanceTimersByTimeAsync(DEADLINE)
    await answered
  })

  test('a clock that does not begin in time fails the look-up', async () => {
    const hanging: Store = { ...scripted({ clock: null }), begin: () => new Promise(() => {}) }
    const failed = expect(isolate(hanging).recall()).rejects.toMatchObject({ reason: 'timeout' })
    await vi.advanceTimersByTimeAsync(DEADLINE)
    await failed
  })
})

test('a store that fails fails the look-up: nothing is made up', async () => {
  const failing: Store = { ...scripted(), lookUp: () => Promise.reject(new Error('down')) }
  await expect(isolate(failing).recall()).rejects.toThrow('down')
})
