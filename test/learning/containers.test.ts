/** A container that makes its members when they are read, as that of awilix does: a route must find it as without a cache. */
import { expect, test } from 'vitest'
import { cache, memoryStore, type RedisCacheOptions } from '../../src/index.ts'
import { openSite } from '../support/site.ts'

declare module 'hono' {
  interface ContextVariableMap {
    services: { name: string; mailer: unknown }
  }
}

/** A shop whose page reads one of two services, of which the other cannot be made; and those that were asked for. */
function openShop(options: RedisCacheOptions = {}) {
  const site = openSite({ store: memoryStore(), ...options })
  const asked: PropertyKey[] = []
  const services = new Proxy({ name: 'lamps', mailer: null } as const, {
    get(all, name) {
      asked.push(name)
      if (name === 'mailer') throw new Error('no mail here')
      return Reflect.get(all, name)
    },
  })
  site.app.use(async (c, next) => {
    c.set('services', services)
    await next()
  })
  site.app.get('/page', cache(), (c) => c.text(c.get('services').name))
  return { site, asked }
}

test('one that is excluded is asked for what the route reads of it, and for nothing else', async () => {
  const { site, asked } = openShop({ exclude: ['services'] })
  expect(await site.get('/page')).toMatchObject({ body: 'lamps', cache: 'fwd=uri-miss; stored' })
  expect(asked).toEqual(['name'])
})

test('one that is not excluded is none of the route’s failures, and nothing is stored', async () => {
  const { site } = openShop()
  expect(await site.get('/page')).toMatchObject({
    status: 200,
    body: 'lamps',
    cache: 'fwd=uri-miss; detail=reads-variable',
  })
})
