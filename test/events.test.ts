/** Warnings: what a person is told, once per route and kind, and never without bound. */
import { describe, expect, test } from 'vitest'
import { type CacheEvent, warningOf, warnOnce } from '../src/events.ts'
import type { Report } from '../src/state.ts'

const WHERE = { method: 'GET', route: '/products/:id' }
const at = (report: Report, where: Partial<typeof WHERE> = {}) =>
  ({ ...report, ...WHERE, ...where }) as CacheEvent

const DOWN: Report = { type: 'store-failed', operation: 'look-up', reason: 'timeout' }
const DOWN_TOLD =
  'hono-redis-cache at GET /products/:id: the store gave no answer to a look-up (timeout): ' +
  'it took more milliseconds than timeout allows'

function listening() {
  const told: string[] = []
  return { told, hear: warnOnce((message) => void told.push(message)) }
}

describe('what a person is told', () => {
  test.each<[Report, string]>([
    [
      { type: 'misconfigured', detail: 'no Redis is configured' },
      'hono-redis-cache at GET /products/:id: no Redis is configured',
    ],
    [DOWN, DOWN_TOLD],
    [
      { ...DOWN, reason: 'breaker-open' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a look-up (breaker-open): after five ' +
        'failures in a row such calls are not made for ten seconds',
    ],
    [{ ...DOWN, breaker: 'opened' }, `${DOWN_TOLD}; such calls are not made for ten seconds`],
    [
      { type: 'clear', scopes: ['a'], confirmed: false },
      'hono-redis-cache at GET /products/:id: a clear could not be confirmed, so other isolates may still answer ' +
        'from before it',
    ],
    [
      { type: 'bypass', reason: 'variable', detail: 'the variable user has no value' },
      'hono-redis-cache at GET /products/:id: not cached, because the variable user has no value',
    ],
    [
      { type: 'not-stored', reason: 'reads-cookie', detail: 'the route reads the cookie' },
      'hono-redis-cache at GET /products/:id: not stored, because the route reads the cookie',
    ],
    [
      { type: 'not-stored', reason: 'too-many-variants', detail: 'an input differs with every request' },
      'hono-redis-cache at GET /products/:id: not stored, because an input differs with every request',
    ],
    [
      { type: 'not-stored', reason: 'too-many-tags', detail: 'it has more than 64 tags' },
      'hono-redis-cache at GET /products/:id: not stored, because it has more than 64 tags',
    ],
    [
      {
        type: 'bypass',
        reason: 'configuration',
        detail: 'keyBuilder, tags or an invalid Host threw TypeError',
      },
      'hono-redis-cache at GET /products/:id: not cached, because keyBuilder, tags or an invalid Host threw TypeError',
    ],
    [
      { type: 'not-stored', reason: 'configuration', detail: 'expire gave no number of seconds' },
      'hono-redis-cache at GET /products/:id: not stored, because expire gave no number of seconds',
    ],
    [
      { type: 'store-failed', operation: 'clear', reason: 'failed' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a clear (failed): ' +
        'no connection, or an error; send a PING by the same client to see which; the clear is tried again for ten minutes',
    ],
    [
      { type: 'store-failed', operation: 'clear', reason: 'no-client' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a clear (no-client): ' +
        'npm install @upstash/redis, or give redis or store',
    ],
    [
      { type: 'store-failed', operation: 'look-up', reason: 'unauthorized', breaker: 'opened' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a look-up (unauthorized): ' +
        'the token was refused, or may not do that; such calls are not made for ten seconds',
    ],
    [
      { type: 'store-failed', operation: 'look-up', reason: 'unexpected-reply' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a look-up (unexpected-reply): ' +
        'send() must resolve to what Redis replies, unchanged: for MGET an array of strings and nulls',
    ],
    [
      { type: 'store-failed', operation: 'commit', reason: 'out-of-memory' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a commit (out-of-memory): ' +
        'Redis has no memory left and evicts nothing',
    ],
    [
      { type: 'store-failed', operation: 'commit', reason: 'refused' },
      'hono-redis-cache at GET /products/:id: the store gave no answer to a commit (refused): ' +
        'Redis says that the command is wrong, too large, or over a quota',
    ],
  ])('%o', (report, warning) => {
    expect(warningOf(at(report))).toBe(warning)
  })

  test('outside a request there is no route to name', () => {
    expect(warningOf(at({ type: 'misconfigured', detail: 'wrong' }, { route: '' }))).toBe(
      'hono-redis-cache: wrong',
    )
  })

  test.each<Report>([
    { type: 'hit', namespace: 'default', key: 'k', ttl: 5, milliseconds: 1 },
    { type: 'miss', namespace: 'default', key: 'k', reason: 'uri-miss', milliseconds: 1 },
    { type: 'stored', namespace: 'default', key: 'k', seconds: 5, size: 5, milliseconds: 1 },
    { type: 'not-stored', reason: 'private' },
    { type: 'not-stored', reason: 'error', detail: 'refresh' },
    { type: 'bypass', reason: 'when' },
    { type: 'bypass', reason: 'configuration' },
    { type: 'clear', scopes: ['a'], confirmed: true },
  ])('$type says nothing where all is well', (report) => {
    expect(warningOf(at(report))).toBeNull()
  })
})

describe('warnings', () => {
  test('each kind once per route', () => {
    const { told, hear } = listening()
    for (let i = 0; i < 3; i++) hear(at(DOWN))
    expect(told).toHaveLength(1)
    hear(at(DOWN, { route: '/other' }))
    hear(at(DOWN, { method: 'HEAD' }))
    hear(at({ ...DOWN, reason: 'unauthorized' }))
    hear(at({ type: 'misconfigured', detail: 'wrong' }))
    expect(told).toHaveLength(5)
    for (const type of ['bypass', 'not-stored'] as const)
      hear(at({ type, reason: 'configuration', detail: 'it threw' }))
    expect(told).toHaveLength(7)
  })

  test('each redisCache() has its own', () => {
    const [one, other] = [listening(), listening()]
    one.hear(at(DOWN))
    other.hear(at(DOWN))
    expect([one.told.length, other.told.length]).toEqual([1, 1])
  })

  test('no more than a thousand in all, however many routes there are', () => {
    const { told, hear } = listening()
    for (let i = 0; i < 1_500; i++) hear(at(DOWN, { route: `/${i}` }))
    expect(told).toHaveLength(1_000)
  })

  test('an event that is none does not use one up', () => {
    const { told, hear } = listening()
    for (let i = 0; i < 1_500; i++) hear(at({ type: 'bypass', reason: 'when' }, { route: `/${i}` }))
    hear(at(DOWN))
    expect(told).toHaveLength(1)
  })
})
