/** Section 5 of the design, row by row: what was read, and what follows from it. */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import { type CacheOptions, cache, memoryStore, redisCache } from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'
import { fakeDate, pass } from '../support/stores.ts'

fakeDate()

/** A page that reads so, behind middleware that sets so. */
function pageOf(
  read: (c: Context) => unknown,
  options: CacheOptions = {},
  set: Record<string, unknown> = {},
) {
  const site = openSite({ store: memoryStore(), exclude: ['db'] })
  const made = counter()
  const variables: MiddlewareHandler = async (c, next) => {
    for (const [name, value] of Object.entries(set)) c.set(name, value)
    await next()
  }
  site.app.all('/page', variables, cache(options), async (c) => {
    await read(c)
    return c.text(made())
  })
  return site
}

const CREDENTIALS = {
  cookie: 'session=a',
  authorization: 'Bearer a',
  'proxy-authorization': 'Basic a',
}

const putBack = ({ req }: Context) => {
  const { raw } = req
  void raw.headers
  req.raw = raw
}

describe('a read that no key can cover', () => {
  const rows: [string, (c: Context) => unknown, reason: string, remedy: string][] = [
    ['Cookie', (c) => c.req.header('cookie'), 'cookie', "vary: { cookies: ['name'] }"],
    ['Authorization', (c) => c.req.header('authorization'), 'authorization', "vary: ['authorization']"],
    ['Proxy-Authorization', (c) => c.req.header('proxy-authorization'), 'authorization', 'covers'],
    ['all headers', (c) => c.req.header(), 'all-headers', "c.req.header('name')"],
    ['all headers, by what cannot be told to', (c) => c.req.header(), 'all-headers', 'above cache()'],
    ['the request handed on', (c) => new Request(c.req.raw), 'raw-request', "c.req.header('name')"],
    ['it, put back', (c) => [putBack(c), new Request(c.req.raw)], 'raw-request', 'c.req.header'],
    ['a client', (c) => c.get('client'), 'variable', "exclude: ['client']"],
    ['a client, the other remedy', (c) => c.get('client'), 'variable', "vary: { vars: ['client.id'] }"],
    ['all variables', (c) => ({ ...c.var }), 'variable', "c.get('name')"],
  ]

  test.each(rows)(
    '%s: not stored; event, Cache-Status and explain() say so, and what to add',
    async (_, read, reason, remedy) => {
      const site = pageOf(read, {}, { client: new Map() })
      for (const body of ['one', 'two']) {
        const answer = await site.get('/page', { headers: CREDENTIALS })
        expect(answer).toMatchObject({ body, cache: `fwd=uri-miss; detail=reads-${reason}` })
      }
      expect(site.events.at(-1)).toMatchObject({
        type: 'not-stored',
        method: 'GET',
        route: '/page',
        reason: `reads-${reason}`,
        detail: expect.stringContaining(remedy),
      })
    },
  )
})

test('a route that reads several variables that are no plain values is told of all at once', async () => {
  const read = (c: Context) => ['client', 'plan', 'logger', 'client', 'db'].map((name) => c.get(name))
  const site = pageOf(read, {}, { client: new Map(), plan: 'free', logger: () => {} })
  await site.get('/page')
  expect(site.events.at(-1)).toMatchObject({
    detail: expect.stringMatching(/^the route reads the variable client, .*; likewise logger$/),
  })
})

test('a member of c.req.raw, where the request has credentials: not stored, and the remedy names what covers them', async () => {
  const site = pageOf((c) => c.req.raw.signal)
  for (const name of ['proxy-authorization', 'cookie']) {
    expect((await site.get('/page', { headers: { [name]: 'a' } })).cache).toMatch('reads-raw-request')
  }
  expect(site.events.at(-1)).toMatchObject({
    detail: expect.stringContaining("vary: { vars: ['user.id'], covers: ['authorization', 'cookie'] }"),
  })
})

describe('a read of no consequence', () => {
  test.each([
    ['a dependency', (c: Context) => c.get('db')],
    ['our own handle', (c: Context) => c.get('cache')],
    ['a request id', (c: Context) => [c.get('requestId'), c.req.header('x-request-id')]],
    ['metrics', (c: Context) => c.get('metric')],
    ['a trace', (c: Context) => c.req.header('traceparent')],
    [
      'what HTTP interprets',
      (c: Context) => ['if-none-match', 'range', 'pragma'].map((name) => c.req.header(name)),
    ],
    ['Accept-Encoding, for a body that is not coded', (c: Context) => c.req.header('accept-encoding')],
  ])('%s: one entry for all', async (_, read) => {
    const site = pageOf(
      read,
      {},
      { db: new Map(), metric: { headers: [], timers: new Map() }, requestId: 'a' },
    )
    const ask = (id: string) =>
      site.get('/page', {
        headers: { 'x-request-id': id, traceparent: id, 'accept-encoding': id, pragma: id },
      })
    expect((await ask('1')).body).toBe('one')
    expect(await ask('2')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })
})

test('a request with cookies and Authorization is served what a route made that reads neither', async () => {
  const site = pageOf(() => null)
  await site.get('/page', { headers: { cookie: 'session=a', authorization: 'Bearer a' } })
  const answer = await site.get('/page', { headers: { cookie: 'session=b', authorization: 'Bearer b' } })
  expect(answer).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
})

test.each<[string, (c: Context) => unknown]>([
  ['a header', (c) => c.req.header('accept-language')],
  ['another one before', (c) => c.req.header('x-other') ?? c.req.header('accept-language')],
  ['a variable', (c) => c.get('plan')],
  ['all variables', (c) => c.var.plan && Object.keys(c.var)],
  ['all headers', (c) => c.req.header()],
])('what storeWhen asks of %s while a body still runs is no read of the route', async (_, ask) => {
  const site = openSite({ store: memoryStore() })
  const made = counter()
  const plan: MiddlewareHandler = async (c, next) => {
    c.set('plan', c.req.query('plan'))
    await next()
  }
  const storeWhen = (c: Context) => ask(c) !== null
  site.app.get('/page', plan, cache({ storeWhen, query: false }), (c) => {
    const stream = new Response(made()).body!
    return c.body(stream)
  })
  const ann = await site.get('/page?plan=free', { headers: { 'accept-language': 'de' } })
  expect(ann).toMatchObject({ body: 'one', cache: 'fwd=uri-miss; stored' })
  const bob = await site.get('/page?plan=paid', { headers: { 'accept-language': 'fr' } })
  expect(bob).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
})

test('where c.req.raw is read, a header that only traces the request makes no variant, and an unusual one does', async () => {
  const site = pageOf((c) => c.req.raw.headers.get('accept-language'))
  expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  const traced = { traceparent: '00-1-2-01', 'if-none-match': '"a"', accept: 'text/html' }
  expect((await site.get('/page', { headers: traced })).cache).toBe('hit; ttl=60')
  expect((await site.get('/page', { headers: { 'x-plan': 'paid' } })).body).toBe('two')
})

test.each<[string, (c: Context) => Promise<unknown>]>([
  ['the type of its Blob', async (c) => (await c.req.blob()).type],
  ['the type of that of c.req.raw', async (c) => (await c.req.raw.blob()).type],
  [
    'whether it is a form',
    (c) =>
      c.req.formData().then(
        () => 'form',
        () => 'none',
      ),
  ],
])('what is made of the body of a GET depends on its Content-Type: %s', async (_, read) => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), async (c) => c.text(`made of ${await read(c)}`))
  const plain = new Hono().get('/page', async (c) => c.text(`made of ${await read(c)}`))
  const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  for (const init of [form, {}, form]) {
    const answer = await site.get('/page', init)
    expect(answer.body).toBe(await (await plain.request('/page', init)).text())
    expect(answer.headers.get('vary')).toBe('content-type')
  }
})

test('Vary names the headers that were learned, in a miss and in a hit, and never a variable', async () => {
  const site = pageOf((c) => [c.req.header('x-tenant'), c.get('plan')], {}, { plan: 'free' })
  for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
    const answer = await site.get('/page')
    expect([answer.cache, answer.headers.get('vary')]).toEqual([cache, 'x-tenant'])
  }
})

test('explain() lists inputs: keyed, learned, ignored, refused', async () => {
  const told: unknown[] = []
  const site = pageOf(
    (c) => {
      for (const name of ['x-region', 'x-tenant', 'range']) c.req.header(name)
      for (const name of ['user', 'plan', 'db']) c.get(name)
      c.req.header('cookie')
      told.push(c.get('cache').explain().inputs)
    },
    { vary: { headers: ['x-region'], vars: ['user.id'] } },
    { user: { id: 1 }, plan: 'free', db: new Map() },
  )
  await site.get('/page', { headers: CREDENTIALS })
  expect(told).toEqual([
    {
      keyed: ['header x-region', 'var user.id'],
      learned: ['header x-tenant', 'var plan'],
      ignored: ['header range', 'var db', 'var cache'],
      refused: ['cookie'],
    },
  ])
})

describe('autoVary: false', () => {
  test.each([
    ['', 'fwd=uri-miss; detail=authorization'],
    ['public', 'fwd=uri-miss; stored'],
    ['s-maxage=30', 'fwd=uri-miss; stored'],
    ['must-revalidate', 'fwd=uri-miss; stored'],
  ])('an answer to Authorization with Cache-Control "%s": %s (RFC 9111 §3.5)', async (control, cache) => {
    const site = pageOf((c) => c.header('cache-control', control), { autoVary: false })
    const answer = await site.get('/page', { headers: { authorization: 'Bearer a' } })
    expect(answer.cache).toBe(cache)
  })

  test('what the handler reads is its own affair', async () => {
    const site = pageOf((c) => c.req.header('cookie'), { autoVary: false })
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })
})

describe('warnings', () => {
  test('one for each kind and route, with method, route, what was read and the line to add', async () => {
    const told: string[] = []
    const { warn } = console
    console.warn = (message: string) => told.push(message)
    try {
      const app = new Hono()
      app.use(redisCache({ store: memoryStore() }))
      app.get('/a/:id', cache(), (c) => {
        c.get('db' as never)
        return c.text(String(c.req.header('authorization')))
      })
      app.get('/b', cache(), (c) => c.text(String(c.req.header('authorization'))))
      const above = new Hono<{ Variables: { db: unknown } }>()
      above.use(async (c, next) => {
        c.set('db', new Map())
        await next()
      })
      above.route('/', app)
      for (const path of ['/a/1', '/a/2', '/b', '/b']) await above.request(path, { headers: CREDENTIALS })
    } finally {
      console.warn = warn
    }
    expect(told).toEqual([
      'hono-redis-cache at GET /a/:id: not stored, because the route reads the variable db, which is no plain value; ' +
        "if it is a dependency, the same for every caller, leave it out with redisCache({ exclude: ['db'] }), " +
        "else key on plain members of it with vary: { vars: ['db.id'] }, " +
        'or set a plain copy of what the route needs above cache()',
      'hono-redis-cache at GET /b: not stored, because the route reads Authorization; ' +
        "key on it with vary: ['authorization'], " +
        "or authenticate above cache() and key on who the user is with vary: { vars: ['user.id'], covers: ['authorization'] }",
    ])
  })
})

describe('sixteen variants in a row', () => {
  test('stop the route from storing for a minute, and the event names the input', async () => {
    const site = pageOf((c) => c.req.header('x-nonce'))
    const ask = (nonce: number) => site.get('/page', { headers: { 'x-nonce': String(nonce) } })
    const said = []
    for (let nonce = 0; nonce < 19; nonce++) said.push((await ask(nonce)).cache)
    expect(said.filter((cache) => cache?.endsWith('stored'))).toHaveLength(17)
    expect(said.at(-1)).toBe('fwd=vary-miss; detail=too-many-variants')
    expect(site.events.at(-1)).toMatchObject({ detail: expect.stringContaining('header x-nonce') })
  })

  test('stop no other route below the same cache()', async () => {
    const { app, ...site } = openSite({ store: memoryStore() })
    app.use('/api/*', cache())
    app.get('/api/noisy', (c) => c.text(String(c.req.header('x-nonce'))))
    app.get('/api/quiet', (c) => c.text('quiet'))
    for (let nonce = 0; nonce < 20; nonce++)
      await site.get('/api/noisy', { headers: { 'x-nonce': String(nonce) } })
    const noisy = await site.get('/api/noisy', { headers: { 'x-nonce': 'once more' } })
    expect(noisy.cache).toBe('fwd=vary-miss; detail=too-many-variants')
    expect((await site.get('/api/quiet')).cache).toBe('fwd=uri-miss; stored')
  })

  test('are not those of one language at many pages, made anew when they have expired', async () => {
    const { app, ...site } = openSite({ store: memoryStore() })
    app.get('/pages/:id', cache({ expire: 60 }), (c) => c.text(`${c.req.header('accept-language')}`))
    const ask = async (id: number, language: string) =>
      (await site.get(`/pages/${id}`, { headers: { 'accept-language': language } })).cache
    for (let day = 0; day < 3; day++) {
      for (let id = 0; id < 20; id++)
        expect(await ask(id, id % 2 ? 'de' : 'fr'), `page ${id}, day ${day}`).toMatch(/stored$/)
      pass(61)
    }
  })

  test('stop no page of the same route that depends on nothing', async () => {
    const { app, ...site } = openSite({ store: memoryStore() })
    app.use(cache({ policy: 'standard' }))
    app.all('/*', (c) =>
      c.req.path === '/page'
        ? c.text(String(c.req.header('cookie')), 200, { vary: 'Cookie', 'cache-control': 'max-age=60' })
        : c.text('a { color: red }', 200, { 'cache-control': 'max-age=60' }),
    )
    const ask = (user: number) => site.get('/page', { headers: { cookie: `user=${user}` } })
    for (let user = 0; user < 17; user++) await ask(user)
    expect((await ask(17)).cache).toBe('fwd=vary-miss; detail=too-many-variants')
    expect(site.events.at(-1)).toMatchObject({ detail: expect.stringContaining('on header cookie;') })
    expect((await site.get('/site.css')).cache).toBe('fwd=uri-miss; stored')
    expect((await site.get('/site.css')).cache).toBe('hit; ttl=60')
  })

  test('a hit in between, and they count from nothing', async () => {
    const site = pageOf((c) => c.req.header('x-tenant'))
    const ask = (tenant: number) => site.get('/page', { headers: { 'x-tenant': String(tenant) } })
    for (let tenant = 0; tenant < 40; tenant++) {
      expect((await ask(tenant)).cache).toMatch(/stored$/)
      expect((await ask(tenant)).cache).toMatch(/^hit/)
    }
  })
})
