/**
 * A site under load, for every runtime: `/slow` takes a while, `/gone` never ends the first time, and `/runs` says how
 * often the handlers ran.
 */
import { Hono } from 'hono'
import { cache, memoryStore, redisCache } from '../../src/index.ts'

const site = new Hono()
const runs = { slow: 0, gone: 0 }

// A deadline that many requests at once on a busy machine keep.
site.use('/cached/*', redisCache({ store: memoryStore(), timeout: 20_000 }))

site.get('/cached/slow', cache({ coalesceWait: 20 }), async (c) => {
  runs.slow++
  await new Promise((resolve) => setTimeout(resolve, 500))
  return c.text('made once')
})

site.get('/cached/gone', cache({ coalesceWait: 0.3 }), async (c) => {
  if (++runs.gone === 1) await new Promise((resolve) => setTimeout(resolve, 60_000))
  return c.text('made by who waited')
})

site.get('/runs', (c) => c.json(runs))

export default site
