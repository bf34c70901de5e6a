/** What a route has fetched and hands on as it is: nobody may change its headers, and this cache has something to add. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

const native = globalThis.Response

fakeDate()

afterEach(() => {
  globalThis.Response = native
})

/** As that of `@hono/node-server` 1.14 to 2.0.0: the headers of the response that it is made of are its own. */
class Adopting extends native {
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(body, init)
    const { headers } = init ?? {}
    if (headers instanceof Headers) Object.defineProperty(this, 'headers', { value: headers })
  }
}

test.each([
  ['the platform', native],
  ['an adapter that takes headers as they are', Adopting],
])('it is answered, stored and a hit with the Response of %s', async (_, Class) => {
  const site = openSite({ store: memoryStore(), serverTiming: true })
  site.app.get('/page', cache({ cacheControl: 'max-age=5' }), async (c) => {
    c.req.header('accept-language')
    return fetch('data:text/css,fetched')
  })
  globalThis.Response = Class
  const miss = await site.get('/page')
  expect(miss).toMatchObject({ status: 200, body: 'fetched', cache: 'fwd=uri-miss; stored' })
  expect(miss.headers.get('vary')).toBe('accept-language')
  expect(miss.headers.get('server-timing')).toMatch(/^cache;dur=\d+, handler;dur=\d+$/)
  const hit = await site.get('/page')
  expect(hit).toMatchObject({ status: 200, body: 'fetched', cache: 'hit; ttl=60' })
  for (const name of ['content-type', 'vary']) expect(hit.headers.get(name)).toBe(miss.headers.get(name))
})

describe('with a coding that fetch() has taken from its body', () => {
  let origin: Server
  let url: string

  beforeAll(async () => {
    origin = createServer(({ url }, response) => {
      const coding = /^\/(br|GZIP)$/.exec(url!)?.[1] ?? 'gzip'
      const headers = { 'content-encoding': coding, 'content-type': 'text/css' }
      const body = coding === 'br' ? brotliCompressSync('fetched') : gzipSync('fetched')
      response.sendDate = false
      if (url === '/plain') response.writeHead(200, { 'content-length': 7 }).end('fetched')
      else
        response
          .writeHead(url === '/gone' ? 410 : 200, { ...headers, 'content-length': body.length })
          .end(body)
    })
    await once(origin.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`
  })

  afterAll(() => {
    origin.close()
    origin.closeAllConnections()
  })

  test.each<[string, string, object, string[]]>([
    ...['', 'br', 'GZIP'].map((path): [string, string, object, string[]] => [
      `stored, ${path}`,
      path,
      {},
      ['fwd=uri-miss; stored', 'hit; ttl=60'],
    ]),
    ['let past', '', { when: () => false }, ['fwd=bypass; detail=when', 'fwd=bypass; detail=when']],
  ])('it is %s without', async (_, path, options, told) => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(options), () => fetch(url + path))
    for (const cache of told) {
      const { headers, ...answer } = await site.get('/page')
      expect(answer).toEqual({ status: 200, body: 'fetched', cache })
      expect([headers.get('content-encoding'), headers.get('content-length')]).toEqual([null, null])
    }
  })

  test('its status stays', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache({ expire: { 410: 60 } }), () => fetch(`${url}gone`))
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60'])
      expect(await site.get('/page')).toMatchObject({ status: 410, body: 'fetched', cache })
    const { status, statusText } = await site.fetch('/page?fetched')
    expect([status, statusText]).toEqual([410, 'Gone'])
  })

  test('one that has none keeps its length', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), () => fetch(`${url}plain`))
    expect((await site.get('/page')).headers.get('content-length')).toBe('7')
  })
})

/** As that of `@hono/node-server`: whatever is no status is 200. */
class Lenient extends native {
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(body, { ...init, status: init?.status || 200 })
  }
}

test.each([
  ['the platform', native],
  ['Node’s adapter', Lenient],
])('a network error stays one with the Response of %s', async (_, Class) => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), () => Response.error())
  globalThis.Response = Class
  expect(await site.get('/page')).toMatchObject({ status: 0, body: '' })
  expect(site.transcript()).toEqual([
    'miss GET /page {reason: uri-miss}',
    'not-stored GET /page {reason: status}',
  ])
})
