/** A real Redis, and the REST bridge before it, for as long as a group of benches runs. */

import { type Bridge, startBridge } from '../fixtures/bridge.ts'
import { type RedisServer, redisAvailable, startRedis } from '../fixtures/redis-server.ts'

export async function withRedis(work: (redis: RedisServer) => Promise<void>): Promise<void> {
  if (!redisAvailable()) {
    console.log('left out: there is no redis-server on this machine')
    return
  }
  const redis = await startRedis()
  try {
    await work(redis)
  } finally {
    await redis.stop()
  }
}

export async function withBridge(work: (bridge: Bridge, redis: RedisServer) => Promise<void>): Promise<void> {
  await withRedis(async (redis) => {
    const bridge = await startBridge({ redis, recording: false })
    try {
      await work(bridge, redis)
    } finally {
      await bridge.stop()
    }
  })
}
