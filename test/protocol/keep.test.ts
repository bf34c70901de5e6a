/** What a commit writes: the entry alone, or a vary record whose names only grow and the variant that they make. */
import { describe, expect, test } from 'vitest'
import { decode, type Entry } from '../../src/entry/entry.ts'
import { createShapes } from '../../src/isolate/shape.ts'
import { type Subject, variantOf } from '../../src/key/subject.ts'
import { keep, keepable } from '../../src/protocol/keep.ts'
import type { Commit, CommitOutcome, Store } from '../../src/store/store.ts'
import { PAGE } from '../support/page.ts'

const SUBJECT: Subject = {
  namespace: 'catalog',
  key: 'k',
  name: 'e:catalog:k',
  text: 'text',
  scopes: ['a', 'n:catalog'],
  valueOf: (input) => (input === 'secret' ? undefined : `${input} value`),
}
const PRIMARY = SUBJECT.name
const ENTRY: Omit<Entry, 'text'> = {
  stamp: 'x:1',
  scopes: ['a', 'n:catalog', 't:added'],
  ...PAGE,
}

interface Change {
  readonly inputs?: readonly string[]
  readonly recorded?: readonly string[]
  readonly seconds?: number
  readonly text?: string
}

function keeping(outcome: CommitOutcome = 'stored') {
  const commits: Commit[] = []
  const shapes = createShapes()
  const store: Pick<Store, 'commit'> = {
    async commit(commit) {
      commits.push(commit)
      return outcome
    },
  }
  return {
    shapes,
    commits,
    keep({ inputs = [], recorded = [], seconds = 60, text = SUBJECT.text }: Change = {}) {
      const subject = { ...SUBJECT, text }
      return keep(
        { store: store as Store, shapes },
        subject,
        keepable(subject, ENTRY, inputs, recorded)!,
        seconds,
      )
    },
  }
}

describe('a response that depends on nothing else', () => {
  test('is one entry under the key, with the stamp and the scopes that it was made with', async () => {
    const { keep, commits, shapes } = keeping()
    const { outcome, size } = await keep()
    const [{ writes, ...rest }] = commits as [Commit]
    expect(outcome).toBe('stored')
    expect(rest).toEqual({ stamp: 'x:1', scopes: ENTRY.scopes })
    expect(writes).toEqual([{ name: PRIMARY, value: expect.any(String), seconds: 60 }])
    expect(decode(writes[0]!.value)).toEqual({ ...ENTRY, text: 'text' })
    expect(size).toBe(writes[0]!.value.length)
    // What the handler added is asked for at once the next time.
    expect(shapes.get(PRIMARY)).toEqual({ inputs: [], scopes: ['t:added'] })
  })
})

describe('a response that depends on more', () => {
  const variant = (...inputs: string[]) => variantOf(SUBJECT, inputs)!

  test('is a record and a variant, in one commit', async () => {
    const { keep, commits, shapes } = keeping()
    const { size } = await keep({ inputs: ['dnt', 'accept'] })
    const [{ writes }] = commits as [Commit]
    const { name, text } = variant('accept', 'dnt')
    expect(writes.map(({ name }) => name)).toEqual([PRIMARY, name])
    expect(decode(writes[0]!.value)).toEqual({ text: 'text', inputs: ['accept', 'dnt'], scopes: ['t:added'] })
    expect(decode(writes[1]!.value)).toEqual({ ...ENTRY, text })
    expect(size).toBe(writes[1]!.value.length)
    expect(shapes.get(PRIMARY)).toEqual({ inputs: ['accept', 'dnt'], scopes: ['t:added'] })
  })

  test.each([
    ['it grows', ['accept'], ['dnt'], ['accept', 'dnt']],
    ['it never shrinks', ['accept', 'dnt'], [], ['accept', 'dnt']],
    ['it names nothing twice', ['accept'], ['accept'], ['accept']],
  ])('of what the record named, %s', async (_, recorded, inputs, names) => {
    const { keep, commits } = keeping()
    await keep({ recorded, inputs })
    expect(decode(commits[0]!.writes[0]!.value)).toHaveProperty('inputs', names)
    expect(commits[0]!.writes[1]!.name).toBe(variant(...names).name)
  })

  test.each([
    [60, 86_400],
    [100_000, 100_000],
  ])('the record of an entry of %i seconds lives %i', async (seconds, expected) => {
    const { keep, commits } = keeping()
    await keep({ inputs: ['accept'], seconds })
    expect(commits[0]!.writes.map(({ seconds }) => seconds)).toEqual([expected, seconds])
  })

  test('a record that a long URL makes large lives no longer than what it is written for', async () => {
    const { keep, commits } = keeping()
    await keep({ inputs: ['accept'], seconds: 60, text: 'a&'.repeat(4_000) })
    expect(commits[0]!.writes.map(({ seconds }) => seconds)).toEqual([60, 60])
  })

  test('cannot be kept where what it depends on cannot be keyed', () => {
    expect(keepable(SUBJECT, ENTRY, ['secret'], [])).toBeNull()
  })
})

test.each(['cleared', 'lost'] as const)('where the store says %s, nothing is remembered', async (refused) => {
  const { keep, shapes } = keeping(refused)
  expect(await keep({ inputs: ['accept'] })).toHaveProperty('outcome', refused)
  expect(shapes.get(PRIMARY)).toEqual({ inputs: [], scopes: [] })
})
