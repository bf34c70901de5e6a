/** Spans by the wall clock, which may be set back. */
import { expect, test } from 'vitest'
import { left } from '../../src/store/span.ts'

test('a span is over at its end, and before its beginning', () => {
  const span = { since: 1_000, ms: 100 }
  expect([999, 1_000, 1_060, 1_100, 9_999].map((now) => left(span, now))).toEqual([0, 100, 40, 0, 0])
  expect(left(undefined, 1_000)).toBe(0)
})
