/**
 * What is tested: a Hono app that is a proxy with `cache()` in front, its entries in Redis.
 *
 * The cases' own traffic with the origin (`/config`, `/state`) goes past the cache.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { cache, type RedisCacheOptions, redisCache } from 'hono-redis-cache'
import { forward, type NodeEnv } from './forward.ts'

export interface ProxyOptions {
  readonly origin: URL
  readonly redis: { readonly url: string; readonly token: string }
  /** Whether to print what the cache decides. */
  readonly show: boolean
}

export interface Proxy {
  readonly url: string
  stop(): Promise<void>
}

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const server = createAdaptorServer({ fetch: createApp(options).fetch }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function createApp({ origin, redis: { url, token }, show }: ProxyOptions): Hono<NodeEnv> {
  const app = new Hono<NodeEnv>()
  const onEvent: NonNullable<RedisCacheOptions['onEvent']> = (event, c) =>
    show && console.log(c.req.header('test-id'), c.req.method, event)
  app.use(
    // Cases run a hundred at once. A clear for one of them would keep what another is about to store out of a store
    // that they share, on the safe side: so each has a prefix of its own, as each has a path of its own at the origin.
    redisCache((c) => ({
      url,
      token,
      prefix: c.req.path.split('/')[2] ?? 'none',
      // On a busy machine the default deadline would be what is measured.
      timeout: 10_000,
      onEvent,
    })),
  )
  app.use('/test/*', cache({ policy: 'standard', expire: 0, staleIfError: 60, awaitStore: true }))
  app.all('*', (c) => forward(c, origin))
  app.onError((error, c) => {
    if (show) console.log(c.req.header('test-id'), error.message)
    return c.text('Bad Gateway', 502)
  })
  return app
}
