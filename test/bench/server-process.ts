/** One contender on `@hono/node-server`, in a process of its own. Run as the process, this file is the server. */

import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { CONTENDERS, NEAR_CONTENDERS } from './contenders.ts'
import { type OwnProcess, orderFor, startProcess } from './own-process.ts'
import { type Endpoint, productsOf } from './sides.ts'

interface Order {
  readonly name: string
  readonly endpoint: Endpoint
  readonly bytes: number
}

const FILE = fileURLToPath(import.meta.url)

/** Ready when it listens: on that port. */
export type ServerProcess = OwnProcess<number>

export const startServerProcess = (order: Order): Promise<ServerProcess> => startProcess(FILE, order)

const order = orderFor<Order>(FILE)
if (order) {
  const { name, endpoint, bytes } = order
  const { app, settle } = { ...CONTENDERS, ...NEAR_CONTENDERS }[name]!(endpoint, productsOf(bytes))
  await (await app.fetch(new Request('http://localhost/products/42?page=2'))).text()
  await settle()
  serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send!(port))
}
