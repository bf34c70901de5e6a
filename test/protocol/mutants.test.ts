/**
 * Each rule of the protocol is there for a reason: without it, the schedules of stale.test.ts find a stale answer.
 * So that search is able to find one, and no rule can be dropped unnoticed.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { explore } from './explore.ts'
import { withFailover } from './failover.ts'
import type { Mutant } from './mutants.ts'
import * as mutants from './mutants.ts'
import { simulatedWorld } from './worlds.ts'

const MOST_SCHEDULES = 50_000

beforeAll(() => void vi.stubGlobal('setTimeout', () => 0))
afterAll(() => void vi.unstubAllGlobals())

describe('a stale answer is found where', { timeout: 60_000 }, () => {
  test.each<[string, Mutant]>([
    ['the stamp is taken after the handler', mutants.stampAfterTheHandler],
    ['a missing fence lets pass', mutants.missingFencePasses],
    ['a missing fence is created at the stamp', mutants.fenceCreatedAtTheStamp],
    ['a key is cleared by a tombstone in the place of its entry', mutants.tombstoneForAKey],
    ['the scopes of the request do not count', mutants.scopesOfTheEntryOnly],
    ['two replies decide together', mutants.twoRepliesDecide],
    ['epochs are not compared', mutants.epochsAreIgnored],
    ['an epoch is not made freshly', mutants.epochIsNotFresh],
    ['everything is cleared by a new epoch', mutants.everythingIsANewEpoch],
    ['the epochs of clocks are not numbered', mutants.epochsAreNotNumbered],
    ['an isolate forgets its own clears', mutants.ownClearsAreForgotten],
  ])('%s', async (name, mutant) => {
    const { failure } = await explore(name, MOST_SCHEDULES, simulatedWorld(mutant), mutant)
    expect(failure).toMatch(/was answered with data read @\d+, although/)
  })

  test('the clock may be behind the stamp', async () => {
    const mutant = mutants.clockMayBeBehindTheStamp
    const { createWorld, excused } = withFailover(mutant)
    const { failure } = await explore('failover', MOST_SCHEDULES, createWorld, {
      ...mutant,
      excused,
    })
    expect(failure).toMatch(/was answered with data read @\d+, although/)
  })
})
