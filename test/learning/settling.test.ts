/** A route settles: what its requests read comes together in one record, and then a hit costs one command. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores, onRedis } from '../support/stores.ts'

onBothStores('a record that grows', (open) => {
  test('takes the names of all requests together, and settles', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => {
      const kind = c.req.header('x-kind')
      return c.json([kind, kind === 'a' ? c.req.header('x-a') : c.req.header('x-b')])
    })
    const ask = async (headers: Record<string, string>) => (await site.get('/page', { headers })).body
    for (let round = 0; round < 3; round++) {
      for (const value of ['1', '2']) {
        expect(await ask({ 'x-kind': 'a', 'x-a': value })).toBe(`["a","${value}"]`)
        expect(await ask({ 'x-kind': 'b', 'x-b': value })).toBe(`["b","${value}"]`)
      }
    }
    expect(
      site
        .transcript()
        .slice(-4)
        .every((line) => line.startsWith('hit')),
    ).toBe(true)
  })
})

onRedis('a settled route', (world) => {
  test('costs one command a hit, whatever its handler reads', async () => {
    const { open, bridge } = world()
    const site = open()
    site.app.use(async (c, next) => {
      c.set('plan' as never, 'free' as never)
      await next()
    })
    site.app.get('/page', cache(), (c) => c.json([c.req.header('x-tenant'), c.get('plan' as never)]))
    const ask = (tenant: string) => site.get('/page', { headers: { 'x-tenant': tenant } })
    await ask('a')
    await ask('b')
    bridge.reset()
    for (const tenant of ['a', 'b', 'a']) expect((await ask(tenant)).cache).toMatch(/^hit/)
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET', 'MGET', 'MGET'])
  })
})
