/**
 * One process of several that share a Redis: `node isolate.ts '{"url", "token", "prefix", "hangs"}'`.
 *
 * It prints `ready`. For the line `go` it sends a hundred requests at once and prints how often its handler ran, what
 * the answers were and how long the last one took. Its handler takes a while, or, with `hangs`, prints `handling` and
 * never ends.
 */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Hono } from 'hono'
import { cache, redisCache } from '../../src/index.ts'

export interface Setting {
  readonly url: string
  readonly token: string
  readonly prefix: string
  readonly hangs?: boolean
}

export interface Account {
  readonly runs: number
  readonly bodies: readonly string[]
  /** Milliseconds. */
  readonly longest: number
}

const REQUESTS = 100
const HANDLER_MS = 400

const { hangs, ...where } = JSON.parse(process.argv[2]!) as Setting
let runs = 0
const app = new Hono()
app.use(redisCache({ ...where, timeout: 20_000 }))
app.get('/page', cache({ lease: true, coalesceWait: 2 }), async (c) => {
  runs++
  if (hangs) {
    console.log('handling')
    await new Promise(() => {})
  }
  await delay(HANDLER_MS)
  return c.text(`made by ${process.pid}`)
})

async function crowd(): Promise<Account> {
  const started = performance.now()
  const answers = Array.from({ length: REQUESTS }, async () => (await app.request('/page')).text())
  const bodies = await Promise.all(answers)
  return { runs, bodies: [...new Set(bodies)], longest: performance.now() - started }
}

console.log('ready')
for await (const line of createInterface(process.stdin)) {
  if (line === 'go') crowd().then((account) => console.log(JSON.stringify(account)))
}
process.exit()
