/** A hit over real HTTP on loopback, through the REST bridge to real Redis: one at a time, and 32 at once. */

import { startBridgeThread } from './bridge-thread.ts'
import { atMost, measure } from './measure.ts'
import { checkSides, openLean, openOurs, productsOf } from './sides.ts'
import { withRedis } from './with-bridge.ts'

const GOAL = 1.1

export async function benchLoopback(): Promise<void> {
  await withRedis(async (redis) => {
    const bridge = await startBridgeThread(redis)
    const results = []
    for (const bytes of [1_000, 10_000, 100_000]) {
      const body = productsOf(bytes)
      const lean = await openLean(bridge, body)
      const ours = await openOurs(bridge, body)
      await checkSides([lean, ours], body)
      for (const concurrent of [1, 32]) {
        const rows = await measure(
          { lean: lean.hit, ours: ours.hit },
          { rounds: 61, warmUp: 250, passes: 64, concurrent },
        )
        const [theirs, own] = rows as [(typeof rows)[0], (typeof rows)[0]]
        results.push({
          bytes: body.length,
          'at once': concurrent,
          'lean, µs': theirs.microseconds,
          'ours, µs': own.microseconds,
          ratio: own.ratio,
          ...atMost(own.ratio, GOAL),
        })
      }
    }
    await bridge.stop()
    console.table(results)
  })
}
