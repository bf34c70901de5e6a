/**
 * Requests that the platform's own Request cannot look into: of another class, as other hosts have one, and those that
 * a Proxy stands around, as Next.js gives them to its route handlers.
 */
import { describe, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite, read, type Site } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

fakeDate()

/** One with more members than the platform's, such as Next's. */
class HostRequest extends Request {
  readonly #ip: string
  constructor(url: string, { ip = '192.0.2.1', ...init }: RequestInit & { ip?: string } = {}) {
    super(url, init)
    this.#ip = ip
  }
  get ip() {
    return this.#ip
  }
  get cookies() {
    return this.headers.get('cookie')
  }
  greet() {
    return `Hello ${this.#ip}`
  }
}

type Members = Record<PropertyKey, unknown>

/** As Next.js does it: native members are asked of what it stands around, and clones are like it. */
function proxied(request: Request): Request {
  return new Proxy(request, {
    get(target, name) {
      if (name === 'clone') return () => proxied(target.clone())
      const value = Reflect.get(target, name, target) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** As itty-router does it, for whose Proxy every value has members. */
const withoutNull = (request: Request): Request =>
  new Proxy(request, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as { bind?: (to: object) => unknown }
      return value === undefined ? undefined : (value.bind?.(target) ?? value)
    },
  })

/** As h3 does it where an app is mounted: each member is what it was when it was first read. */
function remembering(request: Request): Request {
  const known: Members = {}
  return new Proxy(request, {
    get(target, name) {
      if (!(name in known)) {
        const value = Reflect.get(target, name, target) as unknown
        known[name] = typeof value === 'function' ? value.bind(target) : value
      }
      return known[name]
    },
  })
}

/** Neither a Request nor with a Headers, and a clone is the very same, as that of `@whatwg-node/server` is. */
function foreign(url: string, init: RequestInit = {}): Request {
  const request = new Request(url, init)
  const { method, body } = request
  const fields = [...request.headers]
  const headers = {
    get: (name: string) => request.headers.get(name),
    has: (name: string) => request.headers.has(name),
    keys: () => request.headers.keys(),
    [Symbol.iterator]: () => fields[Symbol.iterator](),
  }
  const signal = { aborted: false }
  const own = { url, method, headers, body, signal, bodyUsed: false, text: () => new Response(body).text() }
  return Object.assign(own, { clone: () => own }) as unknown as Request
}

const URL_OF_PAGE = 'http://localhost/page'

async function ask(site: Site, request: Request) {
  const answer = await read(await site.app.fetch(request))
  await site.settle()
  return answer
}

describe.each([
  ['a Proxy around one', (init: RequestInit) => proxied(new HostRequest(URL_OF_PAGE, init))],
  ['one of another class', (init: RequestInit) => foreign(URL_OF_PAGE, init)],
])('the handler of %s', (_, requestWith) => {
  test('does not see the conditions, nor the cookies that the key does not cover', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache({ vary: { cookies: ['theme'] } }), (c) =>
      c.text(`${c.req.header('cookie')} ${c.req.header('if-none-match')}`),
    )
    const requests = ['1', '2'].map((id) =>
      requestWith({ headers: { cookie: `theme=dark; id=${id}`, 'if-none-match': '"other"' } }),
    )
    expect(await ask(site, requests[0]!)).toMatchObject({
      body: 'theme=dark undefined',
      cache: 'fwd=uri-miss; stored',
    })
    expect(await ask(site, requests[1]!)).toMatchObject({
      body: 'theme=dark undefined',
      cache: 'hit; ttl=60',
    })
  })

  test('answers where the policy adds to the request', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache({ policy: 'standard', expire: 60 }), (c) => c.text('page'))
    expect(await ask(site, requestWith({}))).toMatchObject({ status: 200, cache: 'fwd=uri-miss; stored' })
  })

  test('is seen to read single headers of the Request itself', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), (c) => c.text(String(c.req.raw.headers.get('accept-language'))))
    for (const [language, cached] of [
      ['de', 'fwd=uri-miss; stored'],
      ['en', 'fwd=vary-miss; stored'],
      ['de', 'hit; ttl=60'],
    ] as const) {
      const request = requestWith({ headers: { 'accept-language': language } })
      expect(await ask(site, request)).toMatchObject({ body: language, cache: cached })
    }
  })
})

test('the body is read by the handler, and is no part of a key, where a clone would read it away', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.post('/page', cache({ methods: ['POST'] }), async (c) => c.text(await c.req.text()))
  const request = foreign(URL_OF_PAGE, { method: 'POST', body: 'body' })
  expect(await ask(site, request)).toMatchObject({ body: 'body', cache: 'fwd=bypass; detail=request-body' })
})

test('a request that throws where it is asked for the body that it has not is answered, and shared by no one', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => c.text(`${c.req.raw.headers.get('accept-language')}`))
  site.app.get('/standard', cache({ policy: 'standard', expire: 60 }), (c) => c.text('page'))
  for (const [path, body] of [
    ['page', 'de'],
    ['standard', 'page'],
  ] as const) {
    const request = new Request(`http://localhost/${path}`, { headers: { 'accept-language': 'de' } })
    expect(await ask(site, withoutNull(request))).toMatchObject({
      status: 200,
      body,
      cache: expect.stringContaining('detail=reads-'),
    })
  }
})

test('the body behind a Proxy is part of the key, and read by whatever the handler reads it by', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.post('/page', cache({ methods: ['POST'], vary: { cookies: ['theme'] } }), async (c) =>
    c.text(await c.req.raw.text()),
  )
  const post = (body: string, headers = {}) =>
    ask(site, proxied(new HostRequest(URL_OF_PAGE, { method: 'POST', body, headers })))
  expect(await post('one')).toMatchObject({ body: 'one', cache: 'fwd=uri-miss; stored' })
  expect(await post('two')).toMatchObject({ body: 'two', cache: 'fwd=uri-miss; stored' })
  expect(await post('one')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  const cookie = 'theme=dark'
  expect(await post('one', { cookie })).toMatchObject({ body: 'one', cache: 'fwd=uri-miss; stored' })
})

const AROUND: [string, (request: Request) => Request][] = [
  ['a subclass', (request) => request],
  ['a Proxy around one', proxied],
]

test.each(AROUND)('who asks, in a member that %s adds, is not shared', async (_, around) => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    const { ip, headers } = c.req.raw as HostRequest
    return c.text(`${ip} ${headers.get('accept')}`)
  })
  for (const ip of ['192.0.2.1', '192.0.2.2']) {
    const request = new HostRequest(URL_OF_PAGE, { ip, headers: { accept: '*/*' } })
    expect(await ask(site, around(request))).toMatchObject({
      body: `${ip} */*`,
      cache: 'fwd=uri-miss; detail=reads-variable',
    })
  }
})

test.each(AROUND)('a clone of %s is all of it', async (_, around) => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    const { raw } = c.req
    return c.text(`${raw.headers.get('accept')} ${raw.clone().headers.get('accept-language')}`)
  })
  for (const language of ['de', 'en']) {
    const request = new HostRequest(URL_OF_PAGE, { headers: { 'accept-language': language } })
    expect((await ask(site, around(request))).body).toBe(`null ${language}`)
  }
})

test('a copy of the request has what the class of its host adds', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    const request = c.req.raw as HostRequest
    return c.text(`${request.greet()} at ${request.ip}`)
  })
  const request = new HostRequest(URL_OF_PAGE, { headers: { 'if-none-match': '"other"' } })
  expect(await ask(site, request)).toMatchObject({ status: 200, body: 'Hello 192.0.2.1 at 192.0.2.1' })
})

test('but not where that may show the cookies that the key does not cover', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache({ vary: { cookies: ['theme'] }, autoVary: false }), (c) =>
    c.text(String((c.req.raw as HostRequest).cookies)),
  )
  const request = new HostRequest(URL_OF_PAGE, { headers: { cookie: 'theme=dark; id=1' } })
  expect(await ask(site, request)).toMatchObject({ body: 'undefined', cache: 'fwd=uri-miss; stored' })
})

test('where that is seen, it has them, and the response is not stored', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache({ vary: { cookies: ['theme'] } }), (c) =>
    c.text(String((c.req.raw as HostRequest).cookies)),
  )
  const cookie = 'theme=dark; id=1'
  expect(await ask(site, new HostRequest(URL_OF_PAGE, { headers: { cookie } }))).toMatchObject({
    body: cookie,
    cache: 'fwd=uri-miss; detail=reads-variable',
  })
})

test('a member of the class may ask native code for what it gives, as the cookies of Bun do', async () => {
  class NativeRequest extends Request {
    get language() {
      return Headers.prototype.get.call(this.headers, 'accept-language')
    }
  }
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => c.text(String((c.req.raw as NativeRequest).language)))
  const request = new NativeRequest(URL_OF_PAGE, { headers: { 'accept-language': 'de' } })
  expect(await ask(site, request)).toMatchObject({ body: 'de', cache: 'fwd=uri-miss; detail=reads-variable' })
})

test('where a Proxy gives what it gave before, nothing that is read of it is shared', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    const { headers, signal } = c.req.raw
    return c.text(`${headers.get('accept-language')} ${signal.aborted}`)
  })
  for (const language of ['de', 'en']) {
    const request = new HostRequest(URL_OF_PAGE, { headers: { 'accept-language': language } })
    // A second one sees what was put on the request for the first.
    for (const around of [remembering(request), remembering(request)])
      expect(await ask(site, around)).toMatchObject({
        body: `${language} false`,
        cache: 'fwd=uri-miss; detail=reads-raw-request',
      })
  }
})
