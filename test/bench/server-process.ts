/** One contender on `@hono/node-server`, in a process of its own. Run as the process, this file is the server. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { CONTENDERS, NEAR_CONTENDERS } from './contenders.ts'
import { type Endpoint, productsOf } from './sides.ts'

export interface ServerProcess {
  readonly port: number
  stop(): Promise<void>
}

interface Order {
  readonly name: string
  readonly endpoint: Endpoint
  readonly bytes: number
}

const FILE = fileURLToPath(import.meta.url)

export async function startServerProcess(order: Order): Promise<ServerProcess> {
  const child: ChildProcess = fork(FILE, [JSON.stringify(order)])
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => Promise.reject(new Error(`${order.name} ended with ${code}`)))
  failed.catch(() => {})
  const [port] = (await Promise.race([once(child, 'message'), failed])) as [number]
  return {
    port,
    async stop() {
      child.kill()
      await exited
    },
  }
}

if (process.argv[1] === FILE && process.send) {
  const { name, endpoint, bytes } = JSON.parse(process.argv[2]!) as Order
  const { app, settle } = { ...CONTENDERS, ...NEAR_CONTENDERS }[name]!(endpoint, productsOf(bytes))
  await (await app.fetch(new Request('http://localhost/products/42?page=2'))).text()
  await settle()
  serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send!(port))
  process.on('disconnect', () => process.exit())
}
