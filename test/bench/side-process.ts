/** One side in a process of its own, as in production: none shares its compiled code and its heap with another's. */

import { fileURLToPath } from 'node:url'
import { repeat } from './measure.ts'
import { type OwnProcess, orderFor, startProcess } from './own-process.ts'
import { checkSides, type Endpoint, openLean, openOurs, productsOf } from './sides.ts'

const SIDES = { lean: openLean, ours: openOurs }

interface Order {
  readonly name: keyof typeof SIDES
  readonly endpoint: Endpoint
  readonly bytes: number
}

/** What it may be asked: so many hits, so many of them at once. */
export interface Hits {
  readonly hits: number
  readonly concurrent: number
}

const FILE = fileURLToPath(import.meta.url)

export const startSideProcess = (order: Order): Promise<OwnProcess<string>> => startProcess(FILE, order)

const order = orderFor<Order>(FILE)
if (order) {
  const body = productsOf(order.bytes)
  const side = await SIDES[order.name](order.endpoint, body)
  await checkSides([side], body)
  process.on('message', async ({ hits, concurrent }: Hits) => {
    await repeat(side.hit, hits, concurrent)
    process.send!('done')
  })
  process.send!('ready')
}
