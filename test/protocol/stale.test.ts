/**
 * Promise 2: once `clear()` has resolved, no request that starts later is answered with anything computed from
 * data older than that clear. Random schedules look for one that is.
 *
 * `PROTOCOL_SCHEDULES=1000000` runs that many instead. A failure prints its seed and what happened, in order.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { explore } from './explore.ts'
import { withFailover } from './failover.ts'
import type { Rules } from './schedule.ts'
import type { CreateWorld } from './world.ts'
import { memoryWorld, realWorld, simulatedWorld } from './worlds.ts'

const SCHEDULES = Number(process.env.PROTOCOL_SCHEDULES ?? 20_000)
const MINUTES = 60_000 * Math.ceil(SCHEDULES / 20_000)

// Deadlines are not of this test, and a million timers would be.
beforeAll(() => void vi.stubGlobal('setTimeout', () => 0))
afterAll(() => void vi.unstubAllGlobals())

async function expectNoStaleAnswer(name: string, schedules: number, createWorld: CreateWorld, rules?: Rules) {
  const { failure, answers, clears } = await explore(name, schedules, createWorld, rules)
  expect(failure, failure ?? '').toBeNull()
  // Where nothing is stored or nothing cleared, nothing can be stale.
  expect(answers).toBeGreaterThan(schedules / 2)
  expect(clears).toBeGreaterThan(schedules)
}

describe('a stale answer after a clear', () => {
  test('through lagging replicas, lost keys and repeated requests', { timeout: MINUTES }, () =>
    expectNoStaleAnswer('simulated', SCHEDULES, simulatedWorld()),
  )

  test('out of the store in memory', { timeout: MINUTES }, () =>
    expectNoStaleAnswer('memory', SCHEDULES, memoryWorld),
  )

  test('by a stamp of before a failover', { timeout: MINUTES }, () => {
    const { createWorld, excused } = withFailover({})
    return expectNoStaleAnswer('failover', SCHEDULES, createWorld, { excused })
  })
})

describeWithRedis('a stale answer after a clear, on a real Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  test('through lost keys and repeated requests', { timeout: MINUTES }, () =>
    expectNoStaleAnswer('real', Math.ceil(SCHEDULES / 50), realWorld(server)),
  )
})
