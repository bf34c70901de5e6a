/**
 * Promise 2 with copies in the isolates: without a window nothing is weaker. With one a clear made elsewhere is seen
 * when it has passed, and one made here at once. And each rule that sees to this is missed when it is left out.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type NearOptions, withNear } from '../../src/store/near.ts'
import { type OwnClearsStore, withOwnClears } from '../../src/store/own-clears.ts'
import type { Query, Snapshot, Store } from '../../src/store/store.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { explore } from './explore.ts'
import { withFailover } from './failover.ts'
import type { Near, Rules } from './schedule.ts'
import type { CreateWorld } from './world.ts'
import { memoryWorld, realWorld, simulatedWorld } from './worlds.ts'

const SCHEDULES = Number(process.env.PROTOCOL_SCHEDULES ?? 10_000)
const MINUTES = 60_000 * Math.ceil(SCHEDULES / 10_000)
const WINDOW = 10

beforeAll(() => void vi.stubGlobal('setTimeout', () => 0))
afterAll(() => void vi.unstubAllGlobals())

async function expectNoStaleAnswer(name: string, schedules: number, createWorld: CreateWorld, rules: Rules) {
  const { failure, answers, copies, clears } = await explore(name, schedules, createWorld, rules)
  expect(failure, failure ?? '').toBeNull()
  expect(answers).toBeGreaterThan(schedules / 2)
  expect(copies).toBeGreaterThan(schedules / 2)
  expect(clears).toBeGreaterThan(schedules)
}

describe.each([0, WINDOW])('a stale answer after a clear, with copies for %d seconds', (seconds) => {
  const rules: Rules = { near: { seconds } }

  test('through lagging replicas, lost keys and repeated requests', { timeout: MINUTES }, () =>
    expectNoStaleAnswer(`near ${seconds}, simulated`, SCHEDULES, simulatedWorld(), rules),
  )

  test('out of the store in memory', { timeout: MINUTES }, () =>
    expectNoStaleAnswer(`near ${seconds}, memory`, SCHEDULES, memoryWorld, rules),
  )

  test('by a stamp of before a failover', { timeout: MINUTES }, () => {
    const { createWorld, excused } = withFailover({})
    return expectNoStaleAnswer(`near ${seconds}, failover`, SCHEDULES, createWorld, { ...rules, excused })
  })
})

describeWithRedis('a stale answer after a clear, with copies before a real Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  test.each([0, WINDOW])(
    'through lost keys and repeated requests, for %d seconds',
    {
      timeout: MINUTES,
    },
    (seconds) =>
      expectNoStaleAnswer(`near ${seconds}, real`, Math.ceil(SCHEDULES / 50), realWorld(server), {
        near: { seconds },
      }),
  )
})

type Assemble = NonNullable<Near['assemble']>

/** Only the part of `own-clears.ts` that has no memory. */
const unaware = (store: Store): OwnClearsStore => ({
  ...withOwnClears(store, { now: () => 0, sleep: async () => {} }),
  ...store,
})

const withoutOwnClears: Assemble = (connected, near) => unaware(withNear(connected, near))

const ownClearsBelowTheCopies: Assemble = (connected, near, times) => {
  const aware = withOwnClears(connected, times)
  return { ...aware, ...withNear(aware, near) }
}

const copiesAreDropped: Assemble = (connected, options) => {
  const near = withNear(connected, options)
  const known = new Set<string>()
  const dropped = new Set<string>()
  return unaware({
    ...connected,
    commit: near.commit,
    async lookUp(query) {
      const snapshot = await near.lookUp({ ...query, full: query.entries.some((name) => dropped.has(name)) })
      for (const name of query.entries) {
        known.add(name)
        dropped.delete(name)
      }
      return snapshot
    },
    async clear(scopes) {
      const time = await near.clear(scopes)
      for (const name of known) dropped.add(name)
      return time
    },
  })
}

const windowIsLonger: Assemble = (connected, near, times) =>
  withOwnClears(withNear(connected, { ...near, seconds: 2 * near.seconds }), times)

/** The tier is asked again when the reply has come, and believes that it has sent for it just now. */
const windowFromTheReply: Assemble = (connected, options: NearOptions, times) => {
  let reply: Snapshot | undefined
  const near = withNear(
    {
      ...connected,
      async lookUp(query) {
        if (reply?.entries.length !== query.entries.length) throw query
        return reply
      },
    },
    options,
  )
  const late: Store = {
    ...near,
    lookUp: (query) =>
      near.lookUp(query).catch(async (asked: Query) => {
        reply = await connected.lookUp(asked)
        const answer = late.lookUp(query)
        reply = undefined
        return answer
      }),
  }
  return withOwnClears(late, times)
}

describe('a stale answer is found where', { timeout: 60_000 }, () => {
  const onlyMade: Rules['excused'] = (_, clear) => !clear.made
  const onlyFailed: Rules['excused'] = (_, clear) => clear.made

  test.each<[string, Assemble, Rules['excused']?]>([
    ['an isolate forgets its own clears', withoutOwnClears, onlyMade],
    ['copies are dropped where fences should be kept', copiesAreDropped, onlyMade],
    ['own clears are kept below the copies', ownClearsBelowTheCopies, onlyMade],
    ['a failed clear does not suspend near hits', ownClearsBelowTheCopies, onlyFailed],
    ['a window is longer than was said', windowIsLonger],
    ['a window counts from the reply', windowFromTheReply],
  ])('%s', async (name, assemble, excused) => {
    const rules: Rules = { near: { seconds: WINDOW, assemble }, ...(excused && { excused }) }
    const { failure } = await explore(name, 50_000, memoryWorld, rules)
    expect(failure).toMatch(/was answered with data read @\d+, although/)
  })
})
