/** Hono's own `cache`, where the platform has a Cache API: it keeps in place what this package keeps in Redis. */

import { bundleSite, type RuntimeName, type Served, serve } from '../runtimes/launch.ts'
import { startBridgeThread } from './bridge-thread.ts'
import { type Load, openLoad } from './load.ts'
import { measure } from './measure.ts'
import type { Opening } from './platform-site.ts'
import { type Endpoint, productsOf } from './sides.ts'
import { withRedis } from './with-bridge.ts'

const REQUESTS = 300
const SIDES = {
  "Hono's own cache": '/hono',
  'hono-redis-cache': '/redis',
  'hono-redis-cache, near': '/near',
  'bare handler': '/bare',
}

export async function benchPlatform(): Promise<void> {
  await withRedis(async (redis) => {
    const bridge = await startBridgeThread(redis)
    const bundle = await bundleSite('../bench/platform-site.ts')
    try {
      for (const runtime of ['deno', 'workerd'] as const) {
        const served = await serve(runtime, bundle)
        try {
          await race(runtime, served, bridge)
        } catch (cause) {
          console.log(`left out: ${runtime}: ${cause instanceof Error ? cause.message : cause}`)
        } finally {
          await served.stop()
        }
      }
    } finally {
      await bundle.remove()
      await bridge.stop()
    }
  })
}

async function race(runtime: RuntimeName, served: Served, { url, token }: Endpoint): Promise<void> {
  await served.post('/', { url, token, body: productsOf(10_000) } satisfies Opening)
  const loads: Load[] = []
  try {
    const runs: Record<string, () => Promise<unknown>> = {}
    for (const [name, path] of Object.entries(SIDES)) {
      for (let i = 0; i < 3; i++) await (await fetch(`http://127.0.0.1:${served.port}${path}`)).text()
      const load = await openLoad(served.port, path)
      loads.push(load)
      runs[name] = () => load.send(REQUESTS)
    }
    const rows = await measure(runs, { rounds: 11, warmUp: 5, passes: 1 })
    console.log(`\nBeside Hono's own cache on ${runtime}, 10 kB, over HTTP`)
    console.table(
      rows.map(({ name, microseconds, ratio }) => ({
        name,
        'requests per second': Math.round((REQUESTS / microseconds) * 1e6),
        time: ratio,
      })),
    )
  } finally {
    for (const load of loads) load.close()
  }
}
