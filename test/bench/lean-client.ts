/** `@upstash/redis` with settings for a cache, and how a group of keys is cleared without fences. */

import { Redis } from '@upstash/redis/cloudflare'
import type { Endpoint } from './sides.ts'

export const leanClient = ({ url, token }: Endpoint): Redis =>
  new Redis({
    url,
    token,
    enableAutoPipelining: false,
    automaticDeserialization: false,
    responseEncoding: false,
    enableTelemetry: false,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(500),
  })

/** Finds the keys and deletes them. */
export async function clearGroup(redis: Redis, prefix: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, keys] = await redis.exec<[string, string[]]>([
      'SCAN',
      cursor,
      'MATCH',
      `${prefix}*`,
      'COUNT',
      1000,
    ])
    if (keys.length > 0) await redis.exec(['UNLINK', ...(keys as [string, ...string[]])])
    cursor = String(next)
  } while (cursor !== '0')
}
