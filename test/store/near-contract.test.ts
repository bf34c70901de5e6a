/** The contract over both stores with copies in front of them, without a window and with one. */
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { memoryStore } from '../../src/store/memory.ts'
import { redisStore } from '../../src/store/redis.ts'
import { fakeClock } from '../fixtures/clock.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { describeStore, ENTRY, type Harness } from './contract.ts'
import { isolate } from './near-world.ts'

/** A store with copies in front of it: what happens elsewhere is seen when the window has passed. */
function nearOver({ store: below, sibling, evict, advance, loseClock }: Harness, seconds: number): Harness {
  const now = fakeClock()
  const store = isolate(below, { seconds, now })
  const elsewhere =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result> | Result) =>
    async (...args: Args): Promise<Result> => {
      const result = await work(...args)
      now.advance(seconds)
      return result
    }
  /** That an entry is gone is seen by who asks in full, as is done for one that is no longer fresh. */
  const lookInFull = (_?: unknown) => store.lookUp({ entries: [ENTRY], scopes: [], full: true })
  return {
    store,
    ...(sibling && { sibling: { ...sibling, clear: elsewhere(sibling.clear) } }),
    ...(evict && { evict: elsewhere((name: string) => evict(name).then(lookInFull)) }),
    ...(advance && { advance: elsewhere(async (s: number) => lookInFull(await advance(s))) }),
    ...(loseClock && { loseClock: elsewhere(loseClock) }),
  }
}

describe.each([0, 10])('with a window of %d seconds', (seconds) => {
  describeStore('over the store in memory', ['advance'], async () => {
    const now = fakeClock()
    const store = memoryStore({ now })
    return nearOver({ store, advance: (s) => now.advance(s) }, seconds)
  })
})

describeWithRedis('in front of Redis', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(() => redis.command('FLUSHALL'))

  describe.each([0, 10])('with a window of %d seconds', (seconds) => {
    describeStore('over Redis', ['sibling', 'evict', 'loseClock'], async () => {
      const connect = () => redisStore({ send: (command) => redis.command(...command) })
      return nearOver(
        {
          store: connect(),
          sibling: connect(),
          evict: (name) => redis.command('DEL', `cache:${name}`),
          loseClock: () => redis.command('DEL', 'cache:clock'),
        },
        seconds,
      )
    })
  })
})
