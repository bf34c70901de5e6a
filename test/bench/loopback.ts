/** A hit over real HTTP on loopback, through the REST bridge to real Redis: one at a time, and 32 at once. */

import { startBridgeThread } from './bridge-thread.ts'
import { atMost, measure } from './measure.ts'
import { startSideProcess } from './side-process.ts'
import type { Endpoint } from './sides.ts'
import { withRedis } from './with-bridge.ts'

const GOAL = 1.1
/** Hits in one turn. */
const HITS = 256

export async function benchLoopback(): Promise<void> {
  await withRedis(async (redis) => {
    const bridge = await startBridgeThread(redis)
    const results = []
    for (const bytes of [1_000, 10_000, 100_000]) results.push(...(await race(bridge, bytes)))
    await bridge.stop()
    console.table(results)
  })
}

async function race({ url, token }: Endpoint, bytes: number): Promise<object[]> {
  const endpoint = { url, token }
  const lean = await startSideProcess({ name: 'lean', endpoint, bytes })
  const ours = await startSideProcess({ name: 'ours', endpoint, bytes })
  const rows = []
  for (const concurrent of [1, 32]) {
    const turn = { hits: HITS, concurrent }
    const measured = await measure(
      { lean: () => lean.ask(turn), ours: () => ours.ask(turn) },
      // Until the optimising compiler has nothing left to do.
      { rounds: 61, warmUp: bytes < 100_000 ? 150 : 40, passes: 1 },
    )
    const [theirs, own] = measured as [(typeof measured)[0], (typeof measured)[0]]
    const each = (microseconds: number) => Number((microseconds / HITS).toFixed(1))
    rows.push({
      bytes,
      'at once': concurrent,
      'lean, µs': each(theirs.microseconds),
      'ours, µs': each(own.microseconds),
      ratio: own.ratio,
      ...atMost(own.ratio, GOAL),
    })
  }
  await lean.stop()
  await ours.stop()
  return rows
}
