/** Processor time of a hit, the transport taken away: what Redis answered once is answered from memory, to all alike. */

import { CONTENDERS, OURS } from './contenders.ts'
import { measure } from './measure.ts'
import { settled } from './others-costs.ts'
import { recordedFetch } from './recorded-fetch.ts'
import { productsOf } from './sides.ts'
import { withBridge } from './with-bridge.ts'

const PAGE = 'http://localhost/products/42?page=2'
const SIZES = [
  { bytes: 1_000, passes: 3_000 },
  { bytes: 10_000, passes: 2_000 },
  { bytes: 100_000, passes: 400 },
]

/** Microseconds for each size, by name. */
export async function benchHits(): Promise<Record<string, number[]>> {
  const all: Record<string, number[]> = {}
  await withBridge(async (bridge) => {
    const network = globalThis.fetch
    const recorded = recordedFetch(network)
    globalThis.fetch = recorded.fetch
    try {
      for (const { bytes, passes } of SIZES) {
        const body = productsOf(bytes)
        const runs: Record<string, () => Promise<unknown>> = {}
        for (const [name, open] of Object.entries(CONTENDERS)) {
          const contender = open(bridge, body)
          // A miss, and hits until nothing is new to anybody.
          for (let i = 0; i < 3; i++) await settled(contender, PAGE, body)
          runs[name] = async () => (await contender.app.fetch(new Request(PAGE))).text()
        }
        recorded.replay = true
        for (const run of Object.values(runs)) {
          if ((await run()) !== body) throw new Error('a side answers something else')
        }
        const rows = await measure(runs, { rounds: 7, warmUp: 10, passes, aftermath: 550 })
        recorded.replay = false
        console.log(`\nA hit of ${body.length} bytes of JSON, the transport taken away`)
        console.table(rows.map((row) => ({ ...row, met: row.name === OURS || row.ratio > 1 ? 'yes' : 'NO' })))
        for (const { name, microseconds } of rows) all[name] = [...(all[name] ?? []), microseconds]
      }
    } finally {
      globalThis.fetch = network
    }
  })
  return all
}
