/** An app that runs: a real server on loopback, and how long each of its answers took. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { type Answer, read } from './site.ts'

export interface TimedAnswer extends Answer {
  /** Milliseconds from the request to the end of the body. */
  readonly elapsed: number
}

export interface Running {
  readonly port: number
  get(path: string, init?: RequestInit): Promise<TimedAnswer>
  stop(): Promise<void>
}

/** @param options of the adapter */
export async function run(app: Hono, options: { overrideGlobalObjects?: boolean } = {}): Promise<Running> {
  const server = serve({ ...options, fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    async get(path, init) {
      const started = performance.now()
      const answer = await read(await fetch(`http://127.0.0.1:${port}${path}`, init))
      return { ...answer, elapsed: performance.now() - started }
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}
