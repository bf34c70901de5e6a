/**
 * `npm run memory`: resident memory over a million requests for 100,000 distinct pages, in one process. Whatever an
 * isolate keeps is bounded, so that it levels off: with the embedded store at its default bounds, and with Redis, its
 * transport taken away, without the near tier and with it. A process for each of the three. Ends with an error where
 * memory goes on growing.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Hono } from 'hono'
import { cache, memoryStore, type RedisCacheOptions, redisCache } from 'hono-redis-cache'
import { growth, sample } from '../chaos/memory.ts'
import { seeded } from '../fixtures/seeded.ts'
import { productsOf } from './sides.ts'

const REQUESTS = 1_000_000
const PAGES = 100_000
const EVERY = 100_000
const BODY = productsOf(1_000)

const KINDS: Readonly<Record<string, () => RedisCacheOptions>> = {
  'embedded store': () => ({ store: memoryStore() }),
  'stubbed Redis': () => ({ redis: stub() }),
  'stubbed Redis, near': () => ({ redis: stub(), near: { seconds: 60 } }),
}

/** Keeps the entries of the latest pages, clocks and fences of all at one time. */
function stub(): { send(command: [string, ...(string | number)[]]): Promise<unknown> } {
  const LATEST = 2_000
  const CLOCK = '1.stub:0'
  const entries = new Map<string, string>()
  return {
    async send([name, ...args]) {
      if (name === 'MGET') {
        return args.map((key) => (isEntry(key) ? (entries.get(String(key)) ?? null) : CLOCK))
      }
      const [, count, ...rest] = args
      const keys = rest.splice(0, Number(count))
      // `begin` asks for the clock; the last arguments of a commit are what it writes, each with its seconds.
      if (!keys.some(isEntry)) return CLOCK
      keys.filter(isEntry).forEach((key, i, { length }) => {
        entries.set(String(key), String(rest.at(2 * (i - length))))
        if (entries.size > LATEST) entries.delete(entries.keys().next().value!)
      })
      return 'stored'
    },
  }
}

const isEntry = (key: string | number): boolean => String(key).startsWith('cache:e:')

async function run(kind: string): Promise<void> {
  const pending = new Set<Promise<unknown>>()
  let hits = 0
  const app = new Hono()
  app.use(
    redisCache({
      ...KINDS[kind]!(),
      waitUntil(work) {
        pending.add(work)
        void work.finally(() => pending.delete(work))
      },
      onEvent({ type }) {
        if (type === 'hit') hits++
      },
    }),
  )
  app.get('/products/:id', cache({ expire: 3600, tags: (c) => [`product:${c.req.param('id')}`] }), (c) => {
    c.header('content-type', 'application/json')
    return c.body(BODY)
  })

  const random = seeded(kind)
  const started = performance.now()
  const samples = []
  const rows = []
  for (let done = 1; done <= REQUESTS; done++) {
    // Half of them for a few: some pages are asked for more often than others.
    const id = random.int(random.chance(0.5) ? PAGES / 100 : PAGES)
    await (await app.fetch(new Request(`http://localhost/products/${id}`))).text()
    if (pending.size > 100) await Promise.all(pending)
    if (done % EVERY > 0) continue
    const now = sample(started)
    samples.push(now)
    const MiB = (bytes: number) => Number((bytes / 2 ** 20).toFixed(1))
    rows.push({ requests: done, hits, 'heap MiB': MiB(now.heap), 'rss MiB': MiB(now.rss) })
  }
  console.log(`\n${kind}: ${PAGES.toLocaleString('en')} pages of ${BODY.length} bytes`)
  console.table(rows)
  const grown = growth(samples)
  console.log(`levels off: ${grown ?? 'yes'}`)
  if (grown) process.exitCode = 1
}

const [, , asked] = process.argv
if (asked) await run(asked)
else {
  for (const kind of Object.keys(KINDS)) {
    const child = spawn(process.execPath, [import.meta.filename, kind], { stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) process.exitCode = 1
  }
}
