/**
 * The life of a few pages, over hours: they change, are read whole and in parts, with conditions and demands, from two
 * isolates, are cleared and written to; the origin fails, is slow, is cut short, and says what an origin may say. An
 * oracle that knows every version judges each answer: whose bytes and fields these are, whether the client may have them,
 * and for how long.
 *
 * A failure prints its seed, and the story as short as it gets.
 */
import { expect, test } from 'vitest'
import { campaign } from './lifetimes/campaign.ts'

test('no answer is of another version, older than it may be, or not what was asked for', async () => {
  const { answers, ways, failure } = await campaign('lifetimes', 250, 40)
  expect(failure).toBeNull()
  expect(answers).toBeGreaterThan(8_000)
  const count = (way: RegExp) =>
    Object.entries(ways).reduce((sum, [name, often]) => sum + (way.test(name) ? often : 0), 0)
  // Not by never answering from the cache, in any of its ways.
  expect(count(/^hit /)).toBeGreaterThan(1_500)
  for (const way of [
    /^hit 206/,
    /^hit 304/,
    /^hit 416/,
    /^hit stale/,
    /collapsed/,
    /304 stored 200/,
    /stale-if-error/,
    /^partial stored 200/,
  ])
    expect(count(way), String(way)).toBeGreaterThan(2)
})
