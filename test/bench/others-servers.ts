/** Requests per second on a real server: `@hono/node-server` in a process of its own, over loopback. */

import { startBridgeThread } from './bridge-thread.ts'
import { CONTENDERS, LEAN, NEAR_CONTENDERS, OURS } from './contenders.ts'
import { type Load, openLoad } from './load.ts'
import { atMost, type Measured, measure } from './measure.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import type { Endpoint } from './sides.ts'
import { withRedis } from './with-bridge.ts'

const BYTES = 10_000

/** By name. */
export async function benchServers(): Promise<Record<string, number>> {
  const all: Record<string, number> = {}
  await withRedis(async (redis) => {
    const bridge = await startBridgeThread(redis)
    try {
      const through = await race(Object.keys(CONTENDERS), bridge, 400)
      tell('A hit through the bridge and Redis', through)
      const own = ratioOf(through, OURS, LEAN)
      console.table([{ what: 'time of a request beside the one by hand', ratio: own, ...atMost(own, 1.03) }])
      const near = await race(Object.keys(NEAR_CONTENDERS), bridge, 2_000)
      tell('A hit from memory', near)
      const share = Number((1 / ratioOf(near, 'hono-redis-cache, near', 'bare handler')).toFixed(2))
      const met = share >= 0.9 ? 'yes' : 'NO'
      console.table([
        { what: "a near hit's requests per second beside a bare handler's", share, goal: '>= 0.9', met },
      ])
      for (const { name, perSecond } of [...through, ...near]) all[name] = perSecond
    } finally {
      await bridge.stop()
    }
  })
  return all
}

type Raced = Measured & { readonly perSecond: number }

async function race(names: readonly string[], endpoint: Endpoint, requests: number): Promise<Raced[]> {
  const servers: ServerProcess[] = []
  const loads: Load[] = []
  try {
    const runs: Record<string, () => Promise<unknown>> = {}
    for (const name of names) {
      const server = await startServerProcess({ name, endpoint, bytes: BYTES })
      servers.push(server)
      const load = await openLoad(server.port, '/products/42?page=2')
      loads.push(load)
      runs[name] = () => load.send(requests)
    }
    const rows = await measure(runs, { rounds: 15, warmUp: 8, passes: 1 })
    return rows.map((row) => ({ ...row, perSecond: Math.round((requests / row.microseconds) * 1e6) }))
  } finally {
    for (const load of loads) load.close()
    for (const server of servers) await server.stop()
  }
}

function tell(title: string, rows: readonly Raced[]): void {
  console.log(`\n${title}, ${BYTES} bytes, over HTTP on @hono/node-server`)
  console.table(
    rows.map(({ name, perSecond, ratio }) => ({ name, 'requests per second': perSecond, time: ratio })),
  )
}

/** Of their times. */
function ratioOf(rows: readonly Raced[], name: string, other: string): number {
  const ratio = (one: string) => rows.find((row) => row.name === one)!.ratio
  return Number((ratio(name) / ratio(other)).toFixed(2))
}
