/** A variable may hold what a client has sent, as large as that may be: it is looked at twice, however often it is read. */
import { expect, test, vi } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'

declare module 'hono' {
  interface ContextVariableMap {
    filters: { name: string }[]
    chosen: { name: string }[]
  }
}

test('a tree that the route reads twenty times is not copied twenty times', async () => {
  const site = openSite({ store: memoryStore() })
  const copying = vi.spyOn(globalThis, 'structuredClone')
  site.app.use(async (c, next) => {
    c.set('filters', JSON.parse(c.req.query('filters')!))
    await next()
  })
  site.app.get('/page', cache(), (c) => {
    let names = ''
    for (let i = 0; i < 20; i++)
      names = c
        .get('filters')
        .map(({ name }) => name)
        .join(' ')
    return c.text(names)
  })
  const filters = Array.from({ length: 1_000 }, (_, i) => ({ name: `filter ${i}` }))
  const { body, cache: said } = await site.get(`/page?filters=${encodeURIComponent(JSON.stringify(filters))}`)
  expect(body).toMatch(/^filter 0 filter 1 /)
  expect(said).toBe('fwd=uri-miss; stored')
  expect(copying).toHaveBeenCalledOnce()
  copying.mockRestore()
})

test('a small one that is read for each of many rows is copied once, too', async () => {
  const site = openSite({ store: memoryStore() })
  const copying = vi.spyOn(globalThis, 'structuredClone')
  site.app.use(async (c, next) => {
    c.set('filters', [{ name: 'lamps' }])
    await next()
  })
  site.app.get('/page', cache(), (c) =>
    c.text(Array.from({ length: 100 }, () => c.get('filters')[0]!.name).join(' ')),
  )
  expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  expect(copying).toHaveBeenCalledOnce()
  copying.mockRestore()
})

test('one that has two names is an input by both', async () => {
  const site = openSite({ store: memoryStore() })
  const lamps = [{ name: 'lamp '.repeat(5_000) }]
  site.app.use(async (c, next) => {
    c.set('filters', lamps)
    c.set('chosen', c.req.query('all') ? lamps : [])
    await next()
  })
  site.app.get('/page', cache({ query: false }), (c) =>
    c.text(`${c.get('filters').length} ${c.get('chosen').length}`),
  )
  expect((await site.get('/page?all=1')).body).toBe('1 1')
  expect((await site.get('/page')).body).toBe('1 0')
})

test('one that the route changes between two reads is not stored, as ever', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.use(async (c, next) => {
    c.set('filters', [{ name: 'lamps' }])
    await next()
  })
  site.app.get('/page', cache(), (c) => {
    c.get('filters').push({ name: 'shades' })
    return c.json(c.get('filters'))
  })
  expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=reads-variable')
})
