/**
 * A hit in process: what this package and its protocol cost beside one GET by hand. The transport is taken away:
 * what real Redis answered through the bridge once is answered from memory, to all sides alike. Processor time, with
 * that of the timeouts that go off later.
 */

import { atMost, measure } from './measure.ts'
import { recordedFetch } from './recorded-fetch.ts'
import { checkSides, openDefaults, openLean, openOurs, productsOf } from './sides.ts'
import { withBridge } from './with-bridge.ts'

const SIZES = [
  { bytes: 1_000, passes: 8_000, lean: 1.6, defaults: null },
  { bytes: 10_000, passes: 4_000, lean: 1.2, defaults: 0.5 },
  { bytes: 100_000, passes: 800, lean: 1.05, defaults: 0.5 },
]

export async function benchHit(): Promise<void> {
  await withBridge(async (bridge) => {
    const network = globalThis.fetch
    const recorded = recordedFetch(network)
    globalThis.fetch = recorded.fetch
    try {
      for (const size of SIZES) {
        const body = productsOf(size.bytes)
        const lean = await openLean(bridge, body)
        const ours = await openOurs(bridge, body)
        const defaults = await openDefaults(bridge, body)
        await checkSides([lean, ours, defaults], body)
        recorded.replay = true
        await checkSides([lean, ours, defaults], body)
        const rows = await measure(
          {
            'GET by hand, lean client': lean.hit,
            'hono-redis-cache': ours.hit,
            'get by hand, client defaults': defaults.hit,
          },
          { rounds: 11, warmUp: 3, passes: size.passes, aftermath: 550 },
        )
        recorded.replay = false
        const [, { ratio }, byDefault] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]]
        console.log(`\n${body.length} bytes of JSON`)
        console.table(rows)
        const goals = [{ 'ours beside': 'lean client', ratio, ...atMost(ratio, size.lean) }]
        if (size.defaults !== null) {
          const half = Number((ratio / byDefault.ratio).toFixed(2))
          goals.push({ 'ours beside': 'client defaults', ratio: half, ...atMost(half, size.defaults) })
        }
        console.table(goals)
      }
    } finally {
      globalThis.fetch = network
    }
  })
}
