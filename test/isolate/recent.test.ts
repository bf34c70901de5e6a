/** The memory of what was worked out lately is bounded, and forgets the oldest. */
import { expect, test } from 'vitest'
import { createRecent } from '../../src/isolate/recent.ts'

const kept = (recent: ReturnType<typeof createRecent<number>>, ...names: string[]) =>
  names.filter((name) => recent.get(name) !== undefined)

test('gives back what it was told, and the last of it', () => {
  const recent = createRecent<number>(2)
  expect(recent.get('a')).toBeUndefined()
  recent.set('a', 1)
  recent.set('a', 2)
  expect(recent.get('a')).toBe(2)
})

test('the oldest makes room, however lately it was used', () => {
  const recent = createRecent<number>(2)
  recent.set('a', 1)
  recent.set('b', 1)
  recent.get('a')
  recent.set('b', 2)
  recent.set('c', 1)
  expect(kept(recent, 'a', 'b', 'c')).toEqual(['b', 'c'])
})

test('a name that is too long is not kept, and takes no room', () => {
  const recent = createRecent<number>(1)
  const [fits, tooLong] = ['x'.repeat(2_048), 'x'.repeat(2_049)]
  recent.set(fits, 1)
  recent.set(tooLong, 1)
  expect(kept(recent, fits, tooLong)).toEqual([fits])
})
