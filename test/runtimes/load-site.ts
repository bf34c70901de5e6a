/**
 * A site under load, for every runtime: `/slow` and `/left` take a while, `/gone` never ends the first time, `/changed`
 * is cleared by PUT, which fails after a while, and `/runs` says how often the handlers ran.
 */
import { Hono } from 'hono'
import { cache, memoryStore, redisCache, type Store } from '../../src/index.ts'

const site = new Hono()
const runs = { slow: 0, left: 0, gone: 0, changed: 0 }
const milliseconds = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

// A deadline that many requests at once on a busy machine keep.
site.use('/cached/*', redisCache({ store: memoryStore(), timeout: 20_000 }))

site.get('/cached/slow', cache({ coalesceWait: 20 }), async (c) => {
  runs.slow++
  await milliseconds(500)
  return c.text('made once')
})

site.get('/cached/left', cache({ coalesceWait: 20 }), async (c) => {
  runs.left++
  await milliseconds(500)
  return c.text('made once')
})

site.get('/cached/gone', cache({ coalesceWait: 0.3 }), async (c) => {
  if (++runs.gone === 1) await milliseconds(60_000)
  return c.text('made by who waited')
})

const failing: Store = {
  ...memoryStore(),
  clear: () => milliseconds(300).then(() => Promise.reject(new Error('on purpose'))),
}
site.use('/changed', redisCache({ store: failing, onEvent: () => {} }))
site.get('/changed', cache(), (c) => c.text('made'))
site.put('/changed', async (c) => {
  runs.changed++
  return c.json(await c.get('cache').clear({ path: '/changed' }))
})

site.get('/runs', (c) => c.json(runs))

export default site
