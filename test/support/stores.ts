/**
 * The two set-ups that every story is told on: the memory store, and a real Redis through the REST bridge with the real
 * `@upstash/redis`.
 *
 * The date is faked, and stands at noon of 1 January 2030 until a test moves it; timers are real, for deadlines are. Each
 * site has a prefix or a store of its own, so that nothing is shared between stories.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, vi } from 'vitest'
import type { RedisCacheOptions } from '../../src/index.ts'
import { memoryStore } from '../../src/index.ts'
import { type Bridge, startBridge } from '../fixtures/bridge.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { openSite, type Site } from './site.ts'

/** Opens an app on the store of the set-up. */
export type Open = (options?: RedisCacheOptions) => Site

export interface RedisWorld {
  readonly redis: RedisServer
  readonly bridge: Bridge
  readonly open: Open
}

export const NOON = new Date('2030-01-01T12:00:00Z')

export function onBothStores(name: string, stories: (open: Open) => void): void {
  describe(`${name}, in memory`, () => {
    fakeDate()
    stories((options) => openSite({ store: memoryStore({ now: realNow }), ...options }))
  })
  onRedis(`${name}, in Redis`, (world) => stories((options) => world().open(options)))
}

/** For stories that only a Redis has, such as its faults. `world()` is there once the tests run. */
export function onRedis(name: string, stories: (world: () => RedisWorld) => void, args: string[] = []): void {
  describeWithRedis(name, () => {
    let current: RedisWorld
    fakeDate()
    beforeAll(async () => {
      const redis = await startRedis({ args })
      const bridge = await startBridge({ redis, token: 'canary-token' })
      let sites = 0
      const open: Open = (options) =>
        openSite({ url: bridge.url, token: bridge.token, prefix: `site-${++sites}`, ...options })
      current = { redis, bridge, open }
    })
    afterAll(async () => {
      await current.bridge.stop()
      await current.redis.stop()
    })
    beforeEach(() => {
      current.bridge.fault = null
      current.bridge.intercept = undefined
      current.bridge.reset()
    })
    stories(() => current)
  })
}

/** Moves the date on. */
export function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

export function fakeDate(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOON })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** Expiry in the store is real time in both set-ups: an entry outlives its freshness here, as it may anywhere. */
const realNow = () => performance.timeOrigin + performance.now()
