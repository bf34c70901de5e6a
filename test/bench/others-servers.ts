/** Requests per second on a real server: `@hono/node-server` in a process of its own, over loopback. */

import { startBridgeThread } from './bridge-thread.ts'
import { BARE, CONTENDERS, DEFAULTS, LEAN, NEAR, NEAR_CONTENDERS, OURS } from './contenders.ts'
import { type Load, openLoad } from './load.ts'
import { atMost, type Measured, measure } from './measure.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import type { Endpoint } from './sides.ts'
import { withRedis } from './with-bridge.ts'

/** A page of the first size is in the README's table. */
const SIZES = [10_000, 1_000, 100_000]

/** By name, for a page of 10 kB. */
export async function benchServers(): Promise<Record<string, number>> {
  const all: Record<string, number> = {}
  const goals: Goal[] = []
  await withRedis(async (redis) => {
    const bridge = await startBridgeThread(redis)
    try {
      for (const bytes of SIZES) {
        const through = await race(Object.keys(CONTENDERS), bridge, bytes, 400)
        tell(`A hit of ${bytes} bytes through the bridge and Redis`, through)
        for (const hand of [DEFAULTS, LEAN]) {
          const ratio = ratioOf(through, OURS, hand)
          const what = `${bytes} bytes: time of a request beside "${hand}"`
          goals.push({ what, value: ratio, ...atMost(ratio, 1.03) })
        }
        const near = await race(Object.keys(NEAR_CONTENDERS), bridge, bytes, bytes > 10_000 ? 500 : 2_000)
        tell(`A hit of ${bytes} bytes from memory`, near)
        for (const bare of BARE) {
          const share = Number((1 / ratioOf(near, NEAR, bare)).toFixed(2))
          const what = `${bytes} bytes: requests per second of a near hit beside "${bare}"`
          goals.push({ what, value: share, goal: '>= 0.9', met: share >= 0.9 ? 'yes' : 'NO' })
        }
        for (const { name, perSecond } of [...through, ...near]) all[name] ??= perSecond
      }
    } finally {
      await bridge.stop()
    }
  })
  console.table(goals)
  return all
}

interface Goal {
  readonly what: string
  readonly value: number
  readonly goal: string
  readonly met: string
}

type Raced = Measured & { readonly perSecond: number }

async function race(
  names: readonly string[],
  endpoint: Endpoint,
  bytes: number,
  requests: number,
): Promise<Raced[]> {
  const servers: ServerProcess[] = []
  const loads: Load[] = []
  try {
    const runs: Record<string, () => Promise<unknown>> = {}
    for (const name of names) {
      const server = await startServerProcess({ name, endpoint, bytes })
      servers.push(server)
      const load = await openLoad(server.ready, '/products/42?page=2')
      loads.push(load)
      runs[name] = () => load.send(requests)
    }
    // Until the optimising compiler has nothing left to do, in any of them.
    const rows = await measure(runs, { rounds: 31, warmUp: 75, passes: 1 })
    return rows.map((row) => ({ ...row, perSecond: Math.round((requests / row.microseconds) * 1e6) }))
  } finally {
    for (const load of loads) load.close()
    for (const server of servers) await server.stop()
  }
}

function tell(title: string, rows: readonly Raced[]): void {
  console.log(`\n${title}, over HTTP on @hono/node-server`)
  console.table(
    rows.map(({ name, perSecond, ratio }) => ({ name, 'requests per second': perSecond, time: ratio })),
  )
}

/** Of their times. */
function ratioOf(rows: readonly Raced[], name: string, other: string): number {
  const ratio = (one: string) => rows.find((row) => row.name === one)!.ratio
  return Number((ratio(name) / ratio(other)).toFixed(2))
}
