/** What options of this package cost: the policy `standard`, keys that learn, on a hit and on a miss. In process. */

import { Hono } from 'hono'
import { type CacheOptions, cache, memoryStore, redisCache } from 'hono-redis-cache'
import { atMost, measure } from './measure.ts'

const BODY = JSON.stringify({ id: 42, name: 'Kettle' }).padEnd(1000)
const URL_OF = (id: number): string => `http://localhost/products/${id}`

function appOf(options: CacheOptions) {
  const pending: Promise<unknown>[] = []
  const app = new Hono()
  const store = memoryStore({ maxEntries: 2_000 })
  app.use(redisCache({ store, waitUntil: (work) => void pending.push(work) }))
  app.get('/products/:id', cache({ expire: 3600, ...options }), (c) => {
    c.header('x-product', c.req.param('id'))
    return c.body(BODY, 200, { 'content-type': 'application/json' })
  })
  return async (id: number) => {
    const text = await (await app.fetch(new Request(URL_OF(id)))).text()
    await Promise.all(pending.splice(0))
    return text
  }
}

export async function benchOwnOptions(): Promise<void> {
  const sides = {
    safe: appOf({}),
    standard: appOf({ policy: 'standard' }),
    'autoVary: false': appOf({ autoVary: false }),
  }
  const rounds = { rounds: 41, warmUp: 15 }
  for (const get of Object.values(sides)) await get(42)
  const hits = await measure(
    mapped(sides, (get) => () => get(42)),
    { ...rounds, passes: 2_000 },
  )
  console.log('\nA hit in process, embedded store, by options')
  console.table(hits)

  let id = 100
  const misses = await measure(
    mapped(sides, (get) => () => get(++id)),
    { rounds: 101, warmUp: 60, passes: 500 },
  )
  console.log('\nA miss in process, embedded store, by options')
  console.table(misses)

  const [, standard, plain] = hits as [(typeof hits)[0], (typeof hits)[0], (typeof hits)[0]]
  const [, , fixed] = misses as [(typeof misses)[0], (typeof misses)[0], (typeof misses)[0]]
  const onHit = Number((1 / plain.ratio).toFixed(2))
  const onMiss = -fixed.more
  console.table([
    { what: 'a hit, standard beside safe', value: standard.ratio, ...atMost(standard.ratio, 1.15) },
    { what: 'a hit, autoVary beside none', value: onHit, ...atMost(onHit, 1.02) },
    { what: 'a miss, autoVary: µs more', value: onMiss, ...atMost(onMiss, 10) },
  ])
}

const mapped = <In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Record<string, Out> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
