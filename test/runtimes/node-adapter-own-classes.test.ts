/**
 * Node's adapter with `overrideGlobalObjects: false`: its Request is none that the platform's own can be made of. The
 * option holds for a process as long as no server without it is started in it, and so for this file alone.
 */

import type { MiddlewareHandler } from 'hono'
import { validator } from 'hono/validator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { type Running, run } from '../support/running.ts'
import { counter, openSite, type Site } from '../support/site.ts'
import { fakeDate, pass } from '../support/stores.ts'

const { Request } = globalThis
let site: Site
let running: Running

fakeDate()

beforeEach(() => {
  site = openSite({ store: memoryStore() })
})

afterEach(async () => {
  expect(globalThis.Request).toBe(Request)
  await running.stop()
})

/** The answer read, and the work behind it done. */
async function get(path: string, init?: RequestInit) {
  const answer = await running.get(path, init)
  await site.settle()
  return answer
}

test('there the platform can copy no request as it is', async () => {
  site.app.get('/page', (c) => {
    expect(() => new Request(c.req.raw)).toThrow(TypeError)
    return c.text('page')
  })
  running = await run(site.app, { overrideGlobalObjects: false })
  expect((await get('/page')).body).toBe('page')
})

test.each([
  ['a condition', { 'if-none-match': '"x"' }],
  ['a range', { range: 'bytes=0-1' }],
])('a miss with %s has a full answer, which is stored', async (_, headers) => {
  site.app.get('/page', cache(), (c) => c.text(`${c.req.header('if-none-match')} ${c.req.header('range')}`))
  running = await run(site.app, { overrideGlobalObjects: false })
  const none = 'undefined undefined'
  expect(await get('/page', { headers })).toMatchObject({ status: 200, body: none })
  expect(await get('/page')).toMatchObject({ status: 200, body: none, cache: 'hit; ttl=60' })
})

test.each([
  ['GET', 'one GET'],
  ['HEAD', ''],
])('a stale answer to a %s is refreshed behind itself', async (method, body) => {
  const made = counter()
  const route = cache({ expire: 60, staleWhileRevalidate: 600 })
  site.app.get('/page', route, (c) => c.text(`${made()} ${c.req.method}`))
  running = await run(site.app, { overrideGlobalObjects: false })
  await get('/page')
  pass(70)
  expect(await get('/page', { method })).toMatchObject({ status: 200, body, cache: 'hit; ttl=-10' })
  expect(await get('/page')).toMatchObject({ body: 'two GET', cache: 'hit; ttl=60' })
})

test('a stale answer is asked about with its own validator', async () => {
  site.app.get('/page', cache({ policy: 'standard' }), (c) => {
    const headers = { etag: '"v1"', 'cache-control': 'max-age=60' }
    return c.req.header('if-none-match') === '"v1"'
      ? c.body(null, 304, headers)
      : c.text('page', 200, headers)
  })
  running = await run(site.app, { overrideGlobalObjects: false })
  expect(await get('/page')).toMatchObject({ status: 200, body: 'page', cache: 'fwd=uri-miss; stored' })
  pass(70)
  expect(await get('/page')).toMatchObject({ status: 200, body: 'page' })
  expect((await get('/page')).cache).toBe('hit; ttl=60')
})

test('a part whose rest does not fit is asked for again, as a whole', async () => {
  const asked: (string | undefined)[] = []
  site.app.get('/page', cache({ policy: 'standard' }), (c) => {
    const range = c.req.header('range')
    asked.push(range)
    const headers = { 'cache-control': 'max-age=60', etag: `"v${asked.length}"` }
    if (range === 'bytes=0-3') return c.body('0123', 206, { ...headers, 'content-range': 'bytes 0-3/10' })
    if (range === 'bytes=4-') return c.body('other!', 206, { ...headers, 'content-range': 'bytes 4-9/10' })
    return c.body('abcdefghij', 200, headers)
  })
  running = await run(site.app, { overrideGlobalObjects: false })
  expect(await get('/page', { headers: { range: 'bytes=0-3' } })).toMatchObject({ status: 206, body: '0123' })
  expect(await get('/page')).toMatchObject({ status: 200, body: 'abcdefghij' })
  expect(asked).toEqual(['bytes=0-3', 'bytes=4-', undefined])
})

test.each<[string, MiddlewareHandler]>([
  ['that nobody has read yet', (_, next) => next()],
  ['that a validator above has read', validator('json', (value) => value)],
])('a body %s reaches the handler, and is part of the key', async (_, above) => {
  site.app.post('/search', above, cache({ policy: 'standard', methods: ['POST'] }), async (c) => {
    const { word } = await c.req.json()
    return c.text(`found ${word}`, 200, { 'cache-control': 'max-age=60' })
  })
  running = await run(site.app, { overrideGlobalObjects: false })
  const search = (word: string) =>
    get('/search', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ word }),
    })
  for (const word of ['tea', 'chai']) {
    expect(await search(word)).toMatchObject({ status: 200, body: `found ${word}` })
    expect(await search(word)).toMatchObject({ body: `found ${word}`, cache: 'hit; ttl=60' })
  }
})
