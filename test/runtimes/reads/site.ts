/**
 * The ways to read, as a site: `/plain/…` without a cache and `/cache/…` with one. The request that a way sees is the
 * runtime's own; the answer is told with what the cache noticed, and with whatever was left changed behind it.
 */
import { type Context, Hono } from 'hono'
import { type CacheEvent, cache, type Explanation, memoryStore, redisCache } from '../../../src/index.ts'
import { type Answer, tell } from '../answer.ts'
import { appOf, type Env } from './ways.ts'

export type Who = 'alice' | 'bob' | 'anonymous'

export interface Account {
  readonly answer: Pick<Answer, 'status' | 'body'>
  readonly inputs: Explanation['inputs'] | null
  /** `hit`, `stored`, or why not. */
  readonly outcome: string | null
  /** Properties of the Context, its request and the raw request that are no longer what they were. */
  readonly changed: readonly string[]
  /** The cookie that middleware above finds when the handler has returned. */
  readonly cookieAbove: string | null
}

interface Visit {
  readonly pending: Promise<unknown>[]
  readonly events: CacheEvent[]
  c?: Context
  before?: Properties
  cookieAbove: string | null
}

type Properties = ReadonlyMap<string, PropertyDescriptor>

const visits = new WeakMap<Request, Visit>()
const visitOf = new WeakMap<Context, Visit>()

const cached = new Hono<Env>()
cached.use(
  above,
  redisCache({
    store: memoryStore(),
    exclude: ['db'],
    waitUntil: (promise, c) => visitOf.get(c)!.pending.push(promise),
    onEvent: (event, c) => visitOf.get(c)!.events.push(event),
  }),
)
cached.route(
  '/cache',
  appOf(({ method }) => cache({ methods: [method ?? 'GET'] })),
)

const plain = new Hono<Env>()
plain.use(above)
plain.route(
  '/plain',
  appOf(() => async (_c, next) => next()),
)
for (const app of [cached, plain]) app.onError(({ message }, c) => c.text(`failed: ${message}`, 500))

async function above(c: Context<Env>, next: () => Promise<void>): Promise<void> {
  const visit = visits.get(c.req.raw)!
  visitOf.set(c, visit)
  const id = c.req.raw.headers.get('authorization')?.slice('Bearer '.length)
  c.set('user', id === undefined ? undefined : { id })
  c.set('plan', 'free')
  c.set('db', new Map())
  c.set('client', { toString: () => `client of ${id}` })
  Object.assign(c, { person: id })
  Object.assign(c.req, { person: id })
  visit.c = c
  visit.before = propertiesOf(c)
  await next()
  if (c.req.query('look') !== undefined) visit.cookieAbove = c.req.raw.headers.get('cookie')
}

function propertiesOf(c: Context): Properties {
  const all = new Map<string, PropertyDescriptor>()
  for (const [target, path] of [
    [c, 'c'],
    [c.req, 'c.req'],
    [c.req.raw, 'c.req.raw'],
  ] as const) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
      all.set(`${path}.${name}`, property)
    }
  }
  return all
}

function changes(before: Properties, now: Properties): string[] {
  const differs = (name: string) =>
    (['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const).some(
      (part) => before.get(name)?.[part] !== now.get(name)?.[part],
    )
  return [...new Set([...before.keys(), ...now.keys()])].filter(differs).sort()
}

const site = new Hono()
site.all('*', async (c) => {
  const { raw } = c.req
  const visit: Visit = { pending: [], events: [], cookieAbove: null }
  visits.set(raw, visit)
  const app = c.req.path.startsWith('/plain/') ? plain : cached
  const { status, body } = await tell('', await app.fetch(raw, c.env as Env['Bindings'], contextOf(c)))
  await Promise.all(visit.pending)
  const inputs = app === cached ? visit.c!.get('cache').explain().inputs : null
  const last = visit.events.at(-1)
  return c.json({
    // Hono numbers the places that are filled in late, through all responses.
    answer: { status, body: body.replaceAll(/H:\d+/g, 'H:n') },
    inputs,
    outcome: last ? ('reason' in last ? last.reason : last.type) : null,
    changed: changes(visit.before!, propertiesOf(visit.c!)),
    cookieAbove: visit.cookieAbove,
  } satisfies Account)
})

function contextOf(c: Context) {
  try {
    return c.executionCtx
  } catch {
    return undefined
  }
}

export default site
