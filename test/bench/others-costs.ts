/** What a hit, a miss and a clear cost on the wire: REST requests, commands as they are billed, bytes of bodies. */

import type { CONTENDERS, Contender } from './contenders.ts'
import { recordedFetch } from './recorded-fetch.ts'
import { productsOf } from './sides.ts'
import { withBridge } from './with-bridge.ts'

export interface Costs {
  readonly hit: string
  readonly 'bytes of a hit': number
  readonly miss: string
  readonly 'clear of a page': string
  readonly 'of 2,000 pages': string
}

const PAGES = 2_000
const pageOf = (id: number): string => `http://localhost/products/${id}?page=2`

/** By name; `null` where there is no Redis. Each cell says requests, and in brackets what is billed. */
export async function costsOf(contenders: typeof CONTENDERS): Promise<Record<string, Costs> | null> {
  let all: Record<string, Costs> | null = null
  await withBridge(async (bridge, redis) => {
    all = {}
    const network = globalThis.fetch
    const recorded = recordedFetch(network)
    globalThis.fetch = recorded.fetch
    try {
      const body = productsOf(10_000)
      for (const [name, open] of Object.entries(contenders)) {
        await redis.command('FLUSHALL')
        const contender = open(bridge, body)
        const cost = async (work: () => Promise<unknown>) => {
          const { requests } = bridge
          const billed = await bridge.billed(work)
          return `${bridge.requests - requests} (${billed})`
        }
        const get = (id: number) => settled(contender, pageOf(id), body)
        // What is made once, such as a clock, is no part of what a miss costs.
        await get(1)
        const miss = await cost(() => get(2))
        const { bytes } = recorded
        const hit = await cost(() => get(1))
        const moved = recorded.bytes - bytes
        const ofPage = await cost(() => contender.clearPage(pageOf(1)))
        if ((await cost(() => get(1))) === hit) throw new Error(`${name} has cleared nothing`)
        for (let id = 1; id <= PAGES; id++) await get(id)
        const ofAll = await cost(contender.clearAll)
        if ((await cost(() => get(7))) === hit) throw new Error(`${name} has not cleared all`)
        all[name] = { hit, 'bytes of a hit': moved, miss, 'clear of a page': ofPage, 'of 2,000 pages': ofAll }
      }
    } finally {
      globalThis.fetch = network
    }
  })
  return all
}

/** One request, its answer looked at, and all that goes on behind it. */
export async function settled({ app, settle }: Contender, page: string, body: string): Promise<void> {
  const response = await app.fetch(new Request(page))
  if ((await response.text()) !== body) throw new Error('a side answers something else')
  await settle()
}
