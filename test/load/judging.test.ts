/** Whether what another request makes may be taken: by its text, and by the look-up of who would take it. */
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../src/entry/entry.ts'
import type { Cargo } from '../../src/isolate/flights.ts'
import { type Subject, variantOf } from '../../src/key/subject.ts'
import { mayTake } from '../../src/miss/sharing.ts'
import { PAGE } from '../support/page.ts'

const subjectOf = (accept: string | null | undefined): Subject => ({
  namespace: 'default',
  key: 'front',
  name: 'e:default:front',
  text: 'front page',
  scopes: ['a', 'n:default', 'p:%2Fb'],
  valueOf: () => accept,
})
const SUBJECT = subjectOf('text/html')

const ENTRY: Entry = {
  text: SUBJECT.text,
  stamp: 'x:5',
  scopes: SUBJECT.scopes,
  ...PAGE,
}

/** The look-up of who would take it. */
const look = (clock: string, fence: string | null, clears = 0) => ({
  stamp: clock,
  clears,
  seen: { clock, scopes: SUBJECT.scopes, fences: SUBJECT.scopes.map(() => fence) },
})

const cargoOf = (entry: Partial<Entry> = {}, rest: Partial<Cargo> = {}): Cargo => ({
  entry: { ...ENTRY, ...entry },
  inputs: [],
  clears: 0,
  ...rest,
})

describe('what is made beside it', () => {
  test.each([
    ['the same clock, and no fences yet', look('x:5', null), true],
    ['a later clock, and fences that let it pass', look('x:9', 'x:5'), true],
    ['a later clock, and a fence after it', look('x:9', 'x:6'), false],
    ['a later clock, and no fences', look('x:9', null), false],
    ['a clock of another epoch', look('y:5', 'y:5'), false],
    [
      'the same clock, after a clear of this isolate that the reply does not show',
      look('x:5', null, 1),
      false,
    ],
  ])('is judged by the look-up: %s', (_, before, taken) => {
    expect(mayTake(SUBJECT, before, cargoOf())).toBe(taken)
  })

  test.each([
    ['the same value', 'text/html', true],
    ['another one', 'text/plain', false],
    ['one that cannot be keyed', undefined, false],
  ])('is of the same value of what it turned out to depend on: %s', (_, accept, taken) => {
    const { text } = variantOf(SUBJECT, ['header accept'])!
    const cargo = cargoOf({ text }, { inputs: ['header accept'] })
    expect(mayTake(subjectOf(accept), look('x:5', null), cargo)).toBe(taken)
  })
})

describe('what was found in the store meanwhile', () => {
  test('may have been made before a clear of before: the same clock is not enough for a scope that nobody judged', () => {
    const elsewhere = { scopes: ['a', 'n:default', 'p:%2Fa'] }
    expect(mayTake(SUBJECT, look('x:5', null), cargoOf(elsewhere, { found: true }))).toBe(false)
    expect(mayTake(SUBJECT, look('x:5', null), cargoOf(elsewhere))).toBe(true)
    expect(mayTake(SUBJECT, look('x:5', null), cargoOf({}, { found: true }))).toBe(true)
  })
})
