/**
 * A real Redis with the REST bridge before it, for the suites of the store in Redis: one for each suite, emptied before
 * each test, and the two ways of sending to it.
 */
import { Redis } from '@upstash/redis/cloudflare'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type RedisStoreOptions, redisStore, type Send } from '../../src/store/redis.ts'
import type { Store } from '../../src/store/store.ts'
import { type Bridge, startBridge } from '../fixtures/bridge.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'

export const DAY = 86_400

/** The client as the library sets it up. */
function restClient({ url, token }: Bridge): Redis {
  return new Redis({
    url,
    token,
    enableAutoPipelining: false,
    automaticDeserialization: false,
    responseEncoding: false,
    enableTelemetry: false,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(10_000),
  })
}

export const write = (name = 'e:x:1', value = 'value', seconds = 60) => ({ name, value, seconds })

/** Called in a suite: its Redis is there from the first test to the last. */
export function redisWorld(...args: readonly string[]) {
  let server: RedisServer
  let bridge: Bridge
  let client: Redis

  beforeAll(async () => {
    server = await startRedis({ args })
    bridge = await startBridge({ redis: server })
    client = restClient(bridge)
  })
  afterAll(async () => {
    await bridge.stop()
    await server.stop()
  })
  beforeEach(async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', 0)
    await server.command('FLUSHALL')
    bridge.reset()
  })

  const command: RedisServer['command'] = (...words) => server.command(...words)
  const overRest: Send = (words) => client.exec(words)
  const overSocket: Send = (words) => command(...words)

  return {
    command,
    overRest,
    overSocket,
    get bridge(): Bridge {
      return bridge
    },

    /** Epochs in a row: e1, e2, … */
    storeWith(options: Partial<RedisStoreOptions> = {}): Store {
      let made = 0
      return redisStore({ send: overSocket, epoch: () => `e${++made}`, ...options })
    },

    /** All that is in Redis, with lifetimes to the next ten seconds. */
    async dump(): Promise<Record<string, readonly [value: unknown, ttl: number]>> {
      const keys = ((await command('KEYS', '*')) as string[]).sort()
      const pairs = keys.map(async (key) => {
        const [value, ttl] = [await command('GET', key), Number(await command('TTL', key))]
        return [key, [value, ttl < 0 ? ttl : Math.ceil(ttl / 10) * 10]] as const
      })
      return Object.fromEntries(await Promise.all(pairs))
    },
  }
}
