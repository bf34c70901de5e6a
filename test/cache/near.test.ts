/** Copies in the isolate, as the users of `redisCache({ near })` see them: what a hit sends, and when it is believed. */
import { expect, test } from 'vitest'
import { type CacheOptions, cache, memoize } from '../../src/index.ts'
import { counter, type Site } from '../support/site.ts'
import { onRedis, pass } from '../support/stores.ts'

onRedis('copies in the isolate', (world) => {
  /** What was sent since the last call: `body` for a look-up that may bring an entry, `fences` for one that cannot. */
  const sent = () => {
    const commands = world().bridge.commands.map(([name, ...args]) => {
      if (name !== 'MGET') return name
      return args.some((key) => /:[el]:/.test(key)) ? 'body' : 'fences'
    })
    world().bridge.reset()
    return commands
  }

  /** An app, and the same app in another isolate: it shares the data and nothing else. */
  function openTwo(
    seconds: number,
    options: CacheOptions = { namespace: 'catalog', tags: ['a'] },
  ): [Site, Site] {
    const site = world().open({ near: { seconds } })
    const elsewhere = world().open({ prefix: site.options.prefix!, near: { seconds }, timeout: 499 })
    const made = counter()
    for (const { app } of [site, elsewhere]) app.get('/page', cache(options), (c) => c.text(made()))
    return [site, elsewhere]
  }

  const HIT = { body: 'one', cache: 'hit; ttl=60' }

  test('a hit sends nothing within the window, and no look-up ever brings the body again', async () => {
    const [site, elsewhere] = openTwo(10)
    await elsewhere.get('/page')
    sent()
    expect(await site.get('/page')).toMatchObject(HIT)
    expect(sent()).toEqual(['body'])
    for (const seconds of [0, 9.9]) {
      pass(seconds)
      expect((await site.get('/page')).body).toBe('one')
    }
    expect(sent()).toEqual([])
    for (let window = 0; window < 4; window++) {
      pass(10)
      expect((await site.get('/page')).body).toBe('one')
      expect((await site.get('/page')).body).toBe('one')
      expect(sent()).toEqual(['fences'])
    }
  })

  test('an app beside it that wants no window is given none', async () => {
    const [site, elsewhere] = openTwo(10)
    const beside = world().open({ prefix: site.options.prefix! })
    beside.app.get('/page', cache({ namespace: 'catalog', tags: ['a'] }), (c) => c.text('new'))
    await site.get('/page')
    expect((await beside.get('/page')).body).toBe('one')
    await elsewhere.clear({ tag: 'a' })
    expect((await beside.get('/page')).body).toBe('new')
  })

  test('with no window each hit is one look-up, without the body', async () => {
    const [site] = openTwo(0)
    await site.get('/page')
    sent()
    for (let i = 0; i < 3; i++) expect(await site.get('/page')).toMatchObject(HIT)
    expect(sent()).toEqual(['fences', 'fences', 'fences'])
  })

  test('variants, tags of the handler and memos cost nothing either, once they are known', async () => {
    const site = world().open({ near: { seconds: 10 } })
    const load = memoize(({ id }: { id: string }) => id.repeat(2), { name: 'load', tags: ['b'] })
    site.app.get('/:id', cache(), async (c) => {
      c.get('cache').tag('own')
      return c.text(`${c.req.header('accept-language')} ${await load(c, { id: c.req.param('id') })}`)
    })
    site.app.get('/memo/:id', async (c) => c.text(await load(c, { id: c.req.param('id') })))
    const french = { headers: { 'accept-language': 'fr' } }
    const german = { headers: { 'accept-language': 'de' } }
    const ask = async () => [
      (await site.get('/x', french)).body,
      (await site.get('/x', german)).body,
      (await site.get('/memo/x')).body,
    ]
    await ask()
    await ask()
    sent()
    expect(await ask()).toEqual(['fr xx', 'de xx', 'xx'])
    expect(sent()).toEqual([])
    await site.clear({ tag: 'b' })
    sent()
    await ask()
    expect(sent()).toContain('EVAL')
  })

  test('a clear made here is seen at once', async () => {
    const [site] = openTwo(10)
    await site.get('/page')
    await site.get('/page')
    expect(await site.clear({ tag: 'a' })).toBe(true)
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=miss; stored' })
    expect((await site.get('/page')).body).toBe('two')
  })

  test.each([
    [0, 'two'],
    [10, 'one'],
  ])('one made elsewhere after at most %d seconds', async (seconds, before) => {
    const [site, elsewhere] = openTwo(seconds)
    await site.get('/page')
    await site.get('/page')
    await elsewhere.clear({ tag: 'a' })
    expect((await site.get('/page')).body).toBe(before)
    pass(seconds)
    expect((await site.get('/page')).body).toBe('two')
  })

  test('after a clear that failed copies are not used', async () => {
    const [site] = openTwo(10)
    await site.get('/page')
    await site.get('/page')
    world().bridge.fault = { kind: 'status-500', when: ([name]) => name === 'EVAL' }
    expect(await site.clear({ namespace: 'catalog' })).toBe(false)
    const answer = await site.fetch('/page')
    expect(await answer.text()).toBe('two')
    expect(answer.headers.get('cache-status')).toContain('detail=clear-pending')
    world().bridge.fault = null
  })

  test('while Redis is away a copy is used within its window and not outside', async () => {
    const [site] = openTwo(10)
    await site.get('/page')
    await site.get('/page')
    world().bridge.fault = { kind: 'status-500' }
    expect((await site.get('/page')).body).toBe('one')
    pass(10)
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=bypass; detail=store' })
  })

  test('a copy that has become stale is looked up in full: another isolate may have renewed it', async () => {
    const [site, elsewhere] = openTwo(3600)
    await site.get('/page')
    await site.get('/page')
    pass(61)
    expect((await elsewhere.get('/page')).body).toBe('two')
    sent()
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
    expect(sent()).toEqual(['body'])
    expect((await site.get('/page')).body).toBe('two')
    expect(sent()).toEqual([])
  })

  test('a copy that was cleared costs one look-up more at most, and brings what others have stored since', async () => {
    const [site, elsewhere] = openTwo(10)
    await site.get('/page')
    await site.get('/page')
    await elsewhere.clear({ tag: 'a' })
    expect((await elsewhere.get('/page')).body).toBe('two')
    pass(10)
    sent()
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=50' })
    expect(sent()).toEqual(['fences', 'body'])
  })

  test('a miss sends what it did without copies', async () => {
    const [site] = openTwo(10)
    await site.get('/page')
    pass(61)
    sent()
    expect((await site.get('/page')).body).toBe('two')
    expect(sent()).toEqual(['fences', 'body', 'EVAL'])
    await site.clear({ tag: 'a' })
    sent()
    expect((await site.get('/page')).body).toBe('three')
    expect(sent().slice(-2)).toEqual(['body', 'EVAL'])
  })
})
