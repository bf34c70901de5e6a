/** A second layer for bentocache over the REST client, command for command what its own does over ioredis. */

import type { Redis } from '@upstash/redis/cloudflare'
import type { CreateDriverResult, L2CacheDriver } from 'bentocache/types'
import { clearGroup } from './lean-client.ts'

export function upstashL2(redis: Redis): CreateDriverResult<L2CacheDriver> {
  const driver = (prefix: string): L2CacheDriver => {
    const nameOf = (key: string) => `${prefix}:${key}`
    return {
      type: 'l2',
      namespace: (namespace) => driver(`${prefix}:${namespace}`),
      get: async (key) => (await redis.exec<string | null>(['GET', nameOf(key)])) ?? undefined,
      pull: async (key) => (await redis.exec<string | null>(['GETDEL', nameOf(key)])) ?? undefined,
      async set(key, value, ttl) {
        const lives = ttl ? (['PX', ttl] as const) : []
        return (await redis.exec(['SET', nameOf(key), value, ...lives])) === 'OK'
      },
      clear: () => clearGroup(redis, `${prefix}:`),
      delete: async (key) => Number(await redis.exec(['UNLINK', nameOf(key)])) > 0,
      async deleteMany(keys) {
        if (keys.length > 0) await redis.exec(['UNLINK', ...(keys.map(nameOf) as [string, ...string[]])])
        return true
      },
      disconnect: async () => {},
    }
  }
  return { options: {}, factory: ({ prefix }: { prefix: string }) => driver(prefix) }
}
