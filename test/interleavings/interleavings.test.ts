/**
 * Whole apps, in which everything that is shared between requests meets everything else: entries, flights, leases,
 * refreshes, memos, near copies, tags that come late, clears of every kind, two isolates, two deployments. Random stories
 * look for an answer made of data older than a clear, or made for somebody else, for a request that waits for nothing,
 * a handler that runs more often than it is asked for, and what is no longer cached when all is over.
 *
 * `STORIES=30000` tells that many instead. A failure prints its seed and what happened, in order.
 */
import { expect, test } from 'vitest'
import { explore, inTurns } from './explore.ts'

const STORIES = Number(process.env.STORIES ?? 500)

inTurns()

test('whatever meets', { timeout: 30_000 + 30 * STORIES }, async () => {
  const { failure, counts } = await explore(process.env.STORY ?? 'whatever meets', STORIES)
  expect(failure, failure ?? '').toBeNull()
  // Where nothing is stored, shared or cleared, nothing can go wrong.
  expect(counts.answers).toBeGreaterThan(5 * STORIES)
  expect(counts.hits).toBeGreaterThan(2 * STORIES)
  expect(counts.shared).toBeGreaterThan(STORIES / 5)
  expect(counts.clears).toBeGreaterThan(STORIES)
})
