/** Refreshes behind an answer: one at a time for each key, however long one of them takes. */
import { expect, test } from 'vitest'
import { createRefreshes } from '../../src/isolate/refreshes.ts'
import { fakeClock } from '../fixtures/clock.ts'

test('one that was taken for dead and ends after all lets no third one begin beside the second', () => {
  const now = fakeClock()
  const refreshes = createRefreshes(now)
  const first = refreshes.begin('page')
  expect(refreshes.begin('page')).toBeUndefined()
  now.advance(30)
  const second = refreshes.begin('page')
  expect(second).toBeDefined()
  first?.()
  expect(refreshes.begin('page')).toBeUndefined()
  second?.()
  expect(refreshes.begin('page')).toBeDefined()
})
