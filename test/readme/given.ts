/**
 * What the snippets of the README and of the doc comments take for granted.
 *
 * A snippet shows one thing. The exports of the package, an app with `redisCache()`, and a database are there unless the
 * snippet makes its own; what else it stands on it names in the comment above it: `given: auth`.
 */

import { join } from 'node:path'
import { ROOT } from '../examples/run.ts'

export interface Given {
  readonly before: string
  /** What is asked of it once it has run. */
  readonly after?: string
  /** It is run only where there is a Redis. */
  readonly redis?: true
  readonly runtime?: 'bun'
}

const DATABASE = `
interface Database {
  load(id: string): Promise<{ id: string; name: string }>
  list(): Promise<{ id: string }[]>
  save(id: string, name: string): Promise<void>
}
class Products implements Database {
  #names = new Map<string, string>()
  async load(id: string) {
    return { id, name: this.#names.get(id) ?? 'kettle' }
  }
  async list() {
    return [{ id: '7' }]
  }
  async save(id: string, name: string) {
    this.#names.set(id, name)
  }
}
const database: Database = new Products()
const load = async (id: string) => ({ id })
const save = async (c: unknown) => {}
const products = [{ id: '7' }]
let hits = 0
interface Env { UPSTASH_REDIS_REST_URL: string; UPSTASH_REDIS_REST_TOKEN: string }
type ExecutionContext = import('hono').ExecutionContext
`

const APP = `
const app = new Hono<{ Variables: { db: Database; role: string; user: { id: string; role: string } } }>()
app.use(redisCache({ store: memoryStore() }))
`

/** What a snippet does not bring itself. */
export function preamble(code: string): string {
  const parts = [DATABASE]
  if (!code.includes(`from 'hono'`)) parts.unshift(`import { Hono } from 'hono'\n`)
  if (!code.includes(`from 'hono-redis-cache'`)) {
    parts.unshift(
      `import { cache, memoize, memoryStore, openCache, redisCache, redisStore, warnOnce } from 'hono-redis-cache'\n`,
    )
  }
  if (/\bapp\b/.test(code) && !/\bconst app\b/.test(code)) parts.push(APP)
  return parts.join('')
}

/** Clients as their packages have them: two stand-ins on the harness's connection, and Bun's own. */
const CLIENTS = `
import { redis as bunRedis } from 'bun'
import { cache, redisCache } from 'hono-redis-cache'
import { respClient } from '${join(ROOT, 'test/fixtures/resp.ts')}'
import { tell } from '${join(ROOT, 'test/readme/story.ts')}'
const connection = respClient({ port: Number(process.env.REDIS_PORT) })
const ioredis = {
  call: (name: string, ...args: (string | number)[]): Promise<unknown> => connection.command(name, ...args),
}
const nodeRedis = {
  sendCommand(args: string[]): Promise<unknown> {
    if (args.some((arg) => typeof arg !== 'string')) throw new TypeError('node-redis takes strings only')
    return connection.command(...args)
  },
}
`

/** Ends by itself: open connections would keep it alive. */
const EACH_STORE = `
try {
  for (const store of [inProcess, overIoredis, overNodeRedis, overBun]) {
    const app = new Hono()
    app.use(redisCache({ store }))
    app.get('/page', cache(), (c) => c.text('made'))
    app.delete('/', async (c) => c.text(String(await c.get('cache').clear())))
    await tell(app, ['DELETE / -> none = true', 'GET /page -> fwd=uri-miss; stored', 'GET /page -> hit; ttl=60'])
    await tell(app, ['DELETE / -> none = true', 'GET /page -> fwd=miss; stored'])
    await connection.command('FLUSHALL')
  }
} catch (error) {
  console.error(error)
  process.exit(1)
}
process.exit()
`

export const given: Readonly<Record<string, Given>> = {
  'db above': {
    before: `app.use(async (c, next) => {
  c.set('db', database)
  await next()
})
`,
  },
  'user above': {
    before: `app.use(async (c, next) => {
  c.set('user', { id: 'alice', role: 'clerk' })
  await next()
})
`,
  },
  auth: {
    before: `
import { jwt } from 'hono/jwt'
import { secret } from '${join(ROOT, 'test/readme/story.ts')}'
const ordersOf = async (user: string) => [\`kettle for \${user}\`]
`,
  },
  origin: {
    before: `globalThis.fetch = async () => new Response('lamp', { headers: { 'cache-control': 'max-age=120' } })\n`,
  },
  versions: {
    before: `
const versionOf = async (id: string) => \`\${id}-1\`
const loadSlowly = async (id: string) => {
  console.log('loaded slowly')
  return database.load(id)
}
`,
  },
  cron: {
    before: '',
    after: `
let warnings = 0
console.warn = () => warnings++
const context = { waitUntil: () => {}, passThroughOnException() {}, props: {} }
await scheduled(null, process.env as unknown as Env, context)
if (warnings > 0) throw new Error('the clear was not confirmed')
`,
    redis: true,
  },
  files: {
    before: `
const serveFile = (c: import('hono').Context) =>
  c.req.header('range') ? c.body('film', 206) : c.body('film and more')
`,
  },
  clients: { before: CLIENTS, after: EACH_STORE, redis: true, runtime: 'bun' },
}
