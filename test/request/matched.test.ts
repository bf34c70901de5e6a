/** An app of another copy of Hono: it requires Hono, which is then CommonJS, and this package imports it. */
import { createRequire } from 'node:module'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { fakeDate, pass } from '../support/stores.ts'

const required: typeof import('hono') = createRequire(import.meta.url)('hono')

fakeDate()

test('a route of an app that requires Hono is cached, and refreshed behind the answer', async () => {
  const behind: Promise<unknown>[] = []
  const made = counter()
  const app = new required.Hono()
  app.use(redisCache({ store: memoryStore(), waitUntil: (promise) => void behind.push(promise) }))
  app.get('/:id', cache({ expire: 10, staleWhileRevalidate: 60 }), (c) =>
    c.text(`${c.req.param('id')} ${made()} ${c.req.header('accept-language')}`),
  )
  const get = async () => {
    const response = await app.request('/a', { headers: { 'accept-language': 'de' } })
    const body = await response.text()
    await Promise.all(behind.splice(0))
    return body
  }
  expect(required.Hono).not.toBe(Hono)
  expect([await get(), await get()]).toEqual(['a one de', 'a one de'])
  pass(11)
  expect([await get(), await get()]).toEqual(['a one de', 'a two de'])
})
