/**
 * Redis where the environment names one, else the embedded store, and a line that says which.
 *
 * `redisCache()` does this by itself, with a warning at the first request. An app that means to run without Redis
 * says so with `store: memoryStore()`, as here.
 */

import { memoryStore, type RedisCacheOptions } from 'hono-redis-cache'

export function chooseStore(environment: Record<string, string | undefined>): {
  options: RedisCacheOptions
  where: string
} {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = environment
  if (url && token) return { options: { url, token }, where: `Cached in the Redis at ${new URL(url).host}` }
  return {
    options: { store: memoryStore() },
    where:
      'Cached in the memory of this process; ' +
      'to use Redis, set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN',
  }
}
