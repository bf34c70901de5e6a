/**
 * A look-up with copies in the isolate: one that is of use decides; else the store is asked in full, once more than
 * it would be without copies and never again.
 */
import { expect, test } from 'vitest'
import { type Entry, encodeEntry, encodeVaryRecord } from '../../src/entry/entry.ts'
import { createShapes } from '../../src/isolate/shape.ts'
import { type Subject, variantOf } from '../../src/key/subject.ts'
import { type Found, recall } from '../../src/protocol/recall.ts'
import type { NearStore, Query, Snapshot, Store } from '../../src/store/store.ts'

const SCOPES = ['a', 'n:default']
const SUBJECT: Subject = {
  namespace: 'default',
  key: 'k',
  name: 'e:default:k',
  text: 'text',
  scopes: SCOPES,
  valueOf: (input) => (input === 'unkeyable' ? undefined : 'x'),
}
const VARIANT = variantOf(SUBJECT, ['accept'])!

const entry = (
  body: Entry['body'],
  { stamp = 'e:1', text = 'text', fresh = 60, validate = false, scopes = SCOPES } = {},
) =>
  encodeEntry({
    stamp,
    text,
    scopes,
    status: 200,
    headers: [],
    made: Date.now(),
    age: 0,
    fresh,
    ...(validate && { validate: true as const }),
    body,
  })
const record = (...inputs: string[]) => encodeVaryRecord({ text: 'text', inputs, scopes: [] })

interface Told {
  readonly near: Record<string, string>
  readonly full: Record<string, string>
  /** Says `near` whatever it is asked. */
  readonly always?: boolean
}

/** A store that has other entries near than in full, and notes how it was asked. */
function storeWith({ near, full, always = false }: Told) {
  const asked: ('near' | 'full')[] = []
  const store = {
    async lookUp({ entries, scopes, full: inFull = false }: Query): Promise<Snapshot> {
      asked.push(inFull ? 'full' : 'near')
      const texts = inFull ? full : near
      return {
        entries: entries.map((name) => texts[name] ?? null),
        clock: 'e:1',
        scopes,
        fences: scopes.map(() => 'e:1'),
        ...((always || !inFull) && { near: true }),
      }
    },
  } as Partial<Store> as Store
  const look = (suffices?: () => boolean) =>
    recall({ store, shapes: createShapes(), heads: new Map(), deadline: 500 }, SUBJECT, suffices)
  return { asked, look }
}

const PRIMARY = SUBJECT.name

/** A store that has a reply at hand, and nothing else. */
function storeWithAtHand(stored: string) {
  const reply = { entries: [stored], clock: 'e:1', scopes: SCOPES, fences: ['e:1', 'e:1'], near: true }
  const store = { atHand: (): Snapshot => reply } as Partial<NearStore> as NearStore
  return () => recall({ store, shapes: createShapes(), heads: new Map(), deadline: 500 }, SUBJECT)
}

test('what is at hand is given at once, and taken apart only once', () => {
  const look = storeWithAtHand(entry('near'))
  const found = look() as Found
  expect(found).toMatchObject({ outcome: 'found', entry: { body: 'near' } })
  expect((look() as Found).entry).toBe(found.entry)
})

test('bytes at hand are for one answer alone: whoever changes them changes no other', () => {
  const look = storeWithAtHand(entry(new Uint8Array([0xff, 1])))
  const bytes = () => (look() as Found).entry.body as Uint8Array
  bytes().fill(0)
  expect([...bytes()]).toEqual([0xff, 1])
})

test('a copy that is fresh and valid is taken', async () => {
  const { asked, look } = storeWith({ near: { [PRIMARY]: entry('near') }, full: {} })
  expect(await look()).toMatchObject({ outcome: 'found', entry: { body: 'near' } })
  expect(asked).toEqual(['near'])
})

test.each([
  ['invalid', entry('near', { stamp: 'e:0' })],
  ['of another epoch', entry('near', { stamp: 'f:1' })],
  ['stale', entry('near', { fresh: -1 })],
  ['to be validated always', entry('near', { validate: true })],
  ['of another text', entry('near', { text: 'other' })],
  ['damaged', 'nonsense'],
  ['a record of what cannot be keyed', record('unkeyable')],
])('one that is %s is passed over for what the store has', async (_, copy) => {
  const { asked, look } = storeWith({ near: { [PRIMARY]: copy }, full: { [PRIMARY]: entry('full') } })
  expect(await look()).toMatchObject({ outcome: 'found', entry: { body: 'full' } })
  expect(asked.filter((how) => how === 'full')).toHaveLength(1)
})

test('one that does not suffice for the request is passed over; what the store has need not', async () => {
  const { asked, look } = storeWith({
    near: { [PRIMARY]: entry('near') },
    full: { [PRIMARY]: entry('full') },
  })
  expect(await look(() => false)).toMatchObject({ outcome: 'found', entry: { body: 'full' } })
  expect(asked).toEqual(['near', 'full'])
})

test('a record that has grown meanwhile costs four look-ups at most', async () => {
  const { asked, look } = storeWith({
    near: { [PRIMARY]: record('cookie') },
    full: { [PRIMARY]: record('accept'), [VARIANT.name]: entry('full', { text: VARIANT.text }) },
  })
  expect(await look()).toMatchObject({ outcome: 'found', entry: { body: 'full' }, inputs: ['accept'] })
  expect(asked).toEqual(['near', 'near', 'full', 'full'])
})

test('a store that calls everything near is not asked for ever', async () => {
  const { look, asked } = storeWith({ near: {}, full: {}, always: true })
  expect(await look()).toMatchObject({ outcome: 'uri-miss' })
  expect(asked).toEqual(['near', 'full'])
})
