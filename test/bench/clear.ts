/**
 * A clear costs the same whatever it covers: of ten entries and of 200,000, beside what it takes to find and delete
 * them. The entries are made in Redis itself, for a clear never looks at one.
 */

import { openCache } from 'hono-redis-cache'
import type { Bridge } from '../fixtures/bridge.ts'
import type { RedisServer } from '../fixtures/redis-server.ts'
import { atMost, median } from './measure.ts'
import { withBridge } from './with-bridge.ts'

const FEW = 10
const MANY = 200_000
const TIMES = 25

const FILL = `
for i = 1, tonumber(ARGV[1]) do
  redis.call('SET', 'cache:e:catalog:' .. redis.sha1hex(i), ARGV[2], 'EX', 3600)
end`

export async function benchClear(): Promise<void> {
  await withBridge(async (bridge, redis) => {
    const rows = []
    for (const entries of [FEW, MANY]) {
      await redis.command('FLUSHALL')
      await redis.command('EVAL', FILL, 0, entries, 'x'.repeat(200))
      const before = bridge.requests
      const milliseconds = await timeOfClear(bridge)
      const requests = (bridge.requests - before) / TIMES
      const scan = await scanAndDelete(redis)
      rows.push({
        entries,
        'clear, ms': milliseconds,
        requests,
        'SCAN and delete, ms': scan.ms,
        commands: scan.commands,
      })
    }
    console.table(rows)
    const ratio = Number((rows[1]!['clear, ms'] / rows[0]!['clear, ms']).toFixed(2))
    console.table([{ what: `clear of ${MANY} beside ${FEW}`, ratio, ...atMost(ratio, 3) }])
  })
}

async function timeOfClear({ url, token }: Bridge): Promise<number> {
  const { clear } = openCache({ url, token })
  const times: number[] = []
  for (let i = 0; i < TIMES; i++) {
    const start = performance.now()
    if (!(await clear({ namespace: 'catalog' }))) throw new Error('the clear was not confirmed')
    times.push(performance.now() - start)
  }
  return rounded(median(times))
}

/** What a cache without fences does, and on a faster line: RESP on a socket, no HTTP between. */
async function scanAndDelete(redis: RedisServer): Promise<{ ms: number; commands: number }> {
  const start = performance.now()
  let commands = 0
  let cursor = '0'
  do {
    const [next, names] = (await redis.command(
      'SCAN',
      cursor,
      'MATCH',
      'cache:e:catalog:*',
      'COUNT',
      1000,
    )) as [string, string[]]
    commands++
    if (names.length > 0) {
      await redis.command('UNLINK', ...names)
      commands++
    }
    cursor = next
  } while (cursor !== '0')
  return { ms: rounded(performance.now() - start), commands }
}

const rounded = (ms: number): number => Number(ms.toFixed(2))
