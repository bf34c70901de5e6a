/**
 * What is part of a key beside the URL, what stands in its place, and what keeps a request away from the cache.
 */
import { cache } from '../../../src/index.ts'
import type { Scenario } from '../stage.ts'

const LONG = 'long '.repeat(20)

export const keys: Readonly<Record<string, Scenario>> = {
  'headers of the request in the key': async ({ app, ask }) => {
    app.get('/', cache({ vary: ['X-Region', 'accept-language', 'x-absent'] }), (c) => c.html('made'))
    await ask('/', { headers: { 'x-region': 'eu', 'accept-language': 'de' } })
    await ask('/', { headers: { 'X-REGION': ' eu ', 'Accept-Language': 'de' } })
    await ask('/', {
      headers: [
        ['accept-language', 'de'],
        ['accept-language', 'en'],
      ],
    })
    await ask('/', { headers: { 'x-region': '' } })
    await ask('/', { headers: { 'x-region': 'caf\u00e9' } })
  },

  'cookies of the request in the key': async ({ app, ask }) => {
    app.get('/', cache({ vary: { cookies: ['theme', 'lang'] } }), (c) =>
      c.html(c.req.header('cookie') ?? 'none'),
    )
    for (const cookie of [
      'theme=dark; session=1',
      'session=2;theme=dark',
      'theme=a; theme=b; lang=de',
      'theme=',
      'theme="q=1"; lang=%C3%A9',
      'session=3',
    ]) {
      await ask('/', { headers: { cookie } })
    }
    await ask('/')
  },

  'variables in the key': async ({ app, ask }) => {
    const users = [
      { id: 7, roles: ['b', 'a'], name: 'Zoë' },
      { name: 'Zoë', roles: ['b', 'a'], id: 7 },
      'text',
      -0,
      1e21,
      0.1 + 0.2,
      10n ** 30n,
      Number.NaN,
      [undefined, null, true],
      Object.create(null),
      new Map(),
    ]
    app.use(async (c, next) => {
      c.set('user', users[Number(c.req.query('n'))])
      await next()
    })
    app.get('/', cache({ vary: { vars: ['user'] }, query: false }), (c) => c.html('made'))
    for (const n of [...users.keys(), users.length]) await ask(`/?n=${n}`)
  },

  'static keys and built keys': async ({ app, ask }) => {
    app.get('/static/*', cache({ key: 'front page' }), (c) => c.html(c.req.path))
    app.get('/variants', cache({ key: 'front', vary: ['x-region'] }), (c) => c.html('made'))
    app.get(
      '/built/:id',
      cache({ namespace: LONG, keyBuilder: async (c) => c.req.param('id') ?? null }),
      (c) => c.html('made'),
    )
    app.get('/none', cache({ keyBuilder: () => null }), (c) => c.html('made'))
    await ask('/static/a')
    await ask('/static/b')
    await ask('/variants', { headers: { 'x-region': 'eu' } })
    await ask('/built/1')
    await ask('/built/a%3Ab%2F%C3%A9')
    await ask(`/built/${LONG}`)
    await ask('/none')
  },

  'a part of the query, names and tags that are long or foreign': async ({ app, ask }) => {
    app.get('/only', cache({ query: { only: ['page', 'é'] } }), (c) => c.html('made'))
    app.get('/ignore', cache({ query: { ignore: ['utm_source'] } }), (c) => c.html('made'))
    app.get('/tags', cache({ namespace: 'Größe:*', tags: ['a:b', '🍣', '\ud800', LONG] }), (c) => {
      c.get('cache').tag("it's (late)!")
      return c.html('made')
    })
    await ask('/only?utm_source=x&page=1&%C3%A9=2')
    await ask('/ignore?utm_source=x&page=1&page=0')
    await ask('/tags')
    await ask('/tags')
    await ask(`/only/${LONG}`)
  },

  'bodies of requests in the key': async ({ app, ask }) => {
    app.post('/search', cache({ methods: ['POST'], maxBodyBytes: 64 }), async (c) =>
      c.html(`found ${await c.req.text()}`),
    )
    const type = { 'content-type': 'application/json' }
    await ask('/search', { method: 'POST', headers: type, body: '{"q":"é"}' })
    await ask('/search', { method: 'POST', headers: type, body: new TextEncoder().encode('{"q":"é"}') })
    await ask('/search', { method: 'POST', body: new TextEncoder().encode('q=1') })
    await ask('/search', { method: 'POST', body: new URLSearchParams({ q: '1 +é' }) })
    await ask('/search', { method: 'POST', headers: { 'content-type': '' }, body: Uint8Array.of(0xff, 0) })
    await ask('/search', { method: 'POST', headers: type })
    await ask('/search', { method: 'POST', headers: type, body: 'x'.repeat(65) })
  },

  'a request by QUERY': async ({ app, ask }) => {
    app.on('QUERY', '/search', cache({ methods: ['QUERY'] }), async (c) =>
      c.html(`found ${await c.req.text()}`),
    )
    const headers = { 'content-type': 'text/plain' }
    await ask('/search', { method: 'QUERY', headers, body: 'one' })
    await ask('/search', { method: 'QUERY', headers, body: 'one' })
    await ask('/search', { method: 'QUERY', headers, body: 'two' })
  },

  'requests that the cache leaves alone': async ({ app, ask }) => {
    app.all('/', cache({ autoVary: false }), (c) => c.html('made'))
    app.get('/covered', cache({ vary: ['authorization', 'cookie'] }), (c) => c.html('made'))
    await ask('/', { headers: { cookie: 'session=1' } })
    await ask('/', { headers: { authorization: 'Bearer x' } })
    await ask('/', { headers: { upgrade: 'websocket' } })
    await ask('/', { method: 'PUT', body: 'x' })
    await ask('/', { method: 'OPTIONS' })
    await ask('/covered', { headers: { cookie: 'session=1', authorization: 'Bearer x' } })
    await ask('/covered', { headers: { cookie: 'session=1', authorization: 'Bearer x' } })
  },
}
