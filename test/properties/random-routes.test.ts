/**
 * Two users, random routes: whatever a handler reads, in whatever way, with whatever options are true of it, nobody is
 * answered otherwise through the cache than without it.
 *
 * In memory, in a real Redis over REST, and in memory on each runtime. A failure prints its seed and the shortest story.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bridge, startBridge } from '../fixtures/bridge.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { type Bundle, bundleSite, RUNTIMES, serve } from '../runtimes/launch.ts'
import { type Campaign, campaign } from './compare.ts'

const CALLS = 40

function expectEqual({ requests, hits, stored, failure }: Campaign, least: number): void {
  expect(failure).toBeNull()
  expect(requests).toBeGreaterThanOrEqual(least)
  const share = (part: number) => `${Math.round((100 * part) / requests)} %`
  console.log(`${requests} requests, ${share(hits)} of them hits, ${share(stored)} stored`)
  // Not by never caching anything.
  expect(hits / requests).toBeGreaterThan(0.1)
  expect(stored / requests).toBeGreaterThan(0.05)
}

test('in memory', async () => {
  expectEqual(await campaign('in memory', { stories: 500, calls: CALLS }), 20_000)
})

describeWithRedis('through REST', () => {
  let redis: RedisServer
  let bridge: Bridge
  beforeAll(async () => {
    redis = await startRedis()
    bridge = await startBridge({ redis, recording: false })
  })
  afterAll(async () => {
    await bridge.stop()
    await redis.stop()
  })

  test('in a real Redis', async () => {
    let sites = 0
    const where = () => ({ url: bridge.url, token: bridge.token, prefix: `site-${++sites}` })
    expectEqual(await campaign('in Redis', { stories: 50, calls: CALLS, where }), 2_000)
  })
})

describe('on each runtime', () => {
  let bundle: Bundle
  beforeAll(async () => {
    bundle = await bundleSite()
  })
  afterAll(() => bundle.remove())

  test.each(RUNTIMES)('%s', async (name) => {
    const served = await serve(name, bundle)
    try {
      const told = await served.post<Campaign>('/random-routes', {
        seed: 'on each runtime',
        stories: 30,
        calls: CALLS,
      })
      expectEqual(told, 1_000)
    } finally {
      await served.stop()
    }
  })
})
