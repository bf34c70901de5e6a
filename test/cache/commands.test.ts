/** What a request costs on the wire, counted at the bridge: one command for a hit, one before and one after a miss. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onRedis } from '../support/stores.ts'

onRedis('commands', (world) => {
  const sent = () => {
    const names = world().bridge.commands.map(([name]) => name)
    world().bridge.reset()
    return names
  }

  test('a hit is one MGET, billed as one', async () => {
    const site = world().open()
    site.app.get('/page', cache({ tags: ['a', 'b'] }), (c) => c.text('made'))
    await site.get('/page')
    sent()
    const billed = await world().bridge.billed(() => site.get('/page'))
    expect(sent()).toEqual(['MGET'])
    expect(billed).toBe(1)
  })

  test('a miss is one MGET before the handler and one EVAL behind it; only the first of all makes the clock', async () => {
    const site = world().open()
    const before: (string | undefined)[][] = []
    site.app.get('/:page', cache(), (c) => {
      before.push(sent())
      return c.text('made')
    })
    await site.get('/first')
    expect([before.pop(), sent()]).toEqual([['MGET', 'EVAL'], ['EVAL']])
    await site.get('/second')
    expect([before.pop(), sent()]).toEqual([['MGET'], ['EVAL']])
  })

  test('a variant, or tags that the handler added, cost one MGET once the isolate knows of them, and three at most', async () => {
    const site = world().open()
    const elsewhere = world().open({ ...site.options, timeout: 499 })
    for (const { app } of [site, elsewhere]) {
      app.get('/page', cache(), (c) => {
        c.get('cache').tag('own')
        return c.text('made', 200, { vary: 'accept-language' })
      })
    }
    await site.get('/page')
    sent()
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
    expect(sent()).toEqual(['MGET'])
    expect((await elsewhere.get('/page')).cache).toBe('hit; ttl=60')
    expect(sent().length).toBeLessThanOrEqual(3)
    expect((await elsewhere.get('/page')).cache).toBe('hit; ttl=60')
    expect(sent()).toEqual(['MGET'])
  })

  test('tags alone, which only the entry tells of, cost a second MGET once', async () => {
    const site = world().open()
    const elsewhere = world().open({ ...site.options, timeout: 499 })
    for (const { app } of [site, elsewhere]) {
      app.get('/page', cache(), (c) => {
        c.get('cache').tag('own')
        return c.text('made')
      })
    }
    await site.get('/page')
    sent()
    for (const commands of [['MGET', 'MGET'], ['MGET'], ['MGET']]) {
      expect((await elsewhere.get('/page')).cache).toBe('hit; ttl=60')
      expect(sent()).toEqual(commands)
    }
  })

  test('a bypass, and a request that asks for no caching at all, send nothing', async () => {
    const site = world().open()
    site.app.get('/when', cache({ when: () => false }), (c) => c.text('made'))
    site.app.get('/plain', (c) => c.text('made'))
    await site.get('/when')
    await site.get('/plain')
    expect(sent()).toEqual([])
  })
})
