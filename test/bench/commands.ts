/**
 * What a request costs on the wire: REST requests as the bridge counts them, and commands as Redis counts them,
 * which is what is billed (a script is 1, plus each command inside it).
 */

import { Hono } from 'hono'
import { type CacheHandle, cache, redisCache } from 'hono-redis-cache'
import { atMost } from './measure.ts'
import { withBridge } from './with-bridge.ts'

export async function benchCommands(): Promise<void> {
  await withBridge(async (bridge) => {
    const pending: Promise<unknown>[] = []
    const { url, token } = bridge
    const app = new Hono()
    app.use(redisCache({ url, token, waitUntil: (work) => void pending.push(work) }))
    app.get('/products/:id', cache({ expire: 3600, namespace: 'catalog' }), (c) =>
      c.json({ id: c.req.param('id') }),
    )
    app.post('/clear', async (c) => c.json(await c.get('cache').clear(...((await c.req.json()) as Target))))

    /** A request and all that goes on behind its response. */
    const ask = async (path: string, init?: RequestInit) => {
      const response = await app.request(path, init)
      await response.text()
      await Promise.all(pending.splice(0))
    }
    const clear = (...target: Target) => ask('/clear', { method: 'POST', body: JSON.stringify(target) })
    const get = (id: number) => ask(`/products/${id}`)

    // The clock and the fence of the namespace are made once; what is counted is what comes after.
    await get(1)
    const rows = []
    for (const [what, work, requests, billed] of [
      ['fresh hit', () => get(1), 1, 1],
      ['miss: look-up, then commit behind it', () => get(2), 2, 1 + 4 + 1],
      ['clear() of everything', () => clear(), 1, 3 + 1],
      ['clear({ namespace })', () => clear({ namespace: 'catalog' }), 1, 3 + 1],
      ['clear({ tag })', () => clear({ tag: 'a' }), 1, 3 + 1],
      ['clear({ tags }) of five', () => clear({ tags: ['a', 'b', 'c', 'd', 'e'] }), 1, 3 + 5],
      ['clear({ path })', () => clear({ path: '/products/1' }), 1, 3 + 1],
      ['clear({ key })', () => clear({ key: 'home' }), 1, 3 + 1],
    ] as const) {
      const before = bridge.requests
      const counted = await bridge.billed(work)
      const sent = bridge.requests - before
      const { goal, met } = atMost(counted, billed)
      rows.push({
        what,
        requests: sent,
        allowed: requests,
        billed: counted,
        goal,
        met: sent <= requests ? met : 'NO',
      })
    }
    console.table(rows)
  })
}

type Target = Parameters<CacheHandle['clear']>
