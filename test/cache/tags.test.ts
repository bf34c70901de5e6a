/** `tags`, `tag()` and `skip()`: what a response is made of may be known late, until its body ends. */
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { expect, test } from 'vitest'
import { cache, memoize, redisCache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `tag-${i}`)

onBothStores('tags', (open) => {
  test('an array with a hole in it names no tag for it', async () => {
    const site = open()
    const made = counter()
    const tags = (): string[] => {
      const tags: string[] = []
      tags[1] = 'all'
      return tags
    }
    site.app.get('/page', cache({ tags }), (c) => c.text(made()))
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'fwd=bypass; detail=no-tag' })
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=bypass; detail=no-tag' })
  })

  test.each([
    ['a string', 'abc'],
    ['nothing', undefined],
    ['a Set', new Set(['abc'])],
  ])('%s in place of an array is no tag, nor are its letters', async (_, given) => {
    const site = open()
    const tags = () => given as unknown as string[]
    const part = memoize(() => 'part', { name: 'part', tags })
    site.app.get('/page', cache({ tags }), (c) => c.text('made'))
    site.app.get('/memo', async (c) => c.text(await part(c, {})))
    for (const page of ['/page', '/page', '/memo', '/memo']) await site.get(page)
    expect(site.transcript()).toEqual([
      ...Array(2).fill('bypass GET /page {reason: no-tag, detail: its tags are not all strings}'),
      ...Array(2).fill('bypass GET memoize part {reason: no-tag, detail: its tags are not all strings}'),
    ])
  })

  test('a tag that is named while the body streams clears the page', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache(), (c) =>
      stream(c, async (out) => {
        await out.write(made())
        c.get('cache').tag('late')
      }),
    )
    site.app.post('/clear', async (c) => c.json(await c.get('cache').clear({ tag: 'late' })))
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
    expect((await site.get('/clear', { method: 'POST' })).body).toBe('true')
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=miss; stored' })
  })

  test.each(['tag', 'skip'] as const)(
    'what middleware above says by %s() counts for a refresh, too',
    async (what) => {
      const site = open()
      const made = counter()
      let isBusy = false
      site.app.use('/page', async (c, next) => {
        if (what === 'tag') c.get('cache').tag('tenant')
        else if (isBusy) c.get('cache').skip('busy')
        await next()
      })
      site.app.get('/page', cache({ expire: 60, staleWhileRevalidate: 60 }), (c) => c.text(made()))
      site.app.post('/clear', async (c) => c.json(await c.get('cache').clear({ tag: 'tenant' })))
      await site.get('/page')
      pass(61)
      isBusy = true
      expect((await site.get('/page')).body).toBe('one')
      await site.settle()
      if (what === 'tag') {
        expect((await site.get('/page')).body).toBe('two')
        await site.get('/clear', { method: 'POST' })
      }
      expect((await site.get('/page')).body).toBe(what === 'tag' ? 'three' : 'one')
    },
  )

  test.each(['the same', 'another'])(
    'a redisCache() further in, of %s prefix, speaks of the same page',
    async (prefix) => {
      const site = open()
      const inner = new Hono()
      inner.use(redisCache({ ...site.options, ...(prefix === 'another' && { prefix: 'inner' }) }))
      inner.get('/', (c) => {
        c.get('cache').skip('personal')
        return c.text(`for ${c.req.header('x-user')}`)
      })
      site.app.use('/page/*', cache())
      site.app.route('/page', inner)
      expect(await site.get('/page')).toMatchObject({ cache: 'fwd=uri-miss; detail=skipped' })
      site.transcript()
    },
  )

  test('a memo below a redisCache() further in is a part of the page', async () => {
    const site = open()
    const made = counter()
    const part = memoize(async () => made(), { name: 'part', tags: ['part'] })
    const inner = new Hono()
    inner.use(redisCache(site.options))
    inner.get('/', async (c) => c.text(await part(c, {})))
    site.app.use('/page/*', cache())
    site.app.route('/page', inner)
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
    await site.clear({ tag: 'part' })
    expect((await site.get('/page')).body).toBe('two')
  })

  test('another isolate, which does not know the tags, is told by the entry itself', async () => {
    const site = open()
    const elsewhere = open({ ...site.options, timeout: 499 })
    const made = counter()
    for (const { app } of [site, elsewhere]) {
      app.get('/page', cache(), (c) => {
        c.get('cache').tag('own')
        return c.text(made())
      })
    }
    elsewhere.app.post('/clear', async (c) => c.json(await c.get('cache').clear({ tag: 'own' })))
    await site.get('/page')
    expect(await elsewhere.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
    await elsewhere.get('/clear', { method: 'POST' })
    expect((await site.get('/page')).body).toBe('two')
  })

  test.each(['before the body', 'while it streams'])(
    'skip() %s keeps the response out, and the event says why',
    async (when) => {
      const site = open()
      site.app.get('/page', cache(), (c) => {
        if (when === 'before the body') c.get('cache').skip('half the shards are down')
        return stream(c, async (out) => {
          await out.write('made')
          c.get('cache').skip('half the shards are down')
        })
      })
      expect((await site.get('/page')).body).toBe('made')
      expect(site.transcript()).toEqual([
        'miss GET /page {reason: uri-miss}',
        'not-stored GET /page {reason: skipped, detail: half the shards are down}',
      ])
      expect((await site.get('/page')).cache).not.toContain('hit')
    },
  )

  test('skip() without a reason', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => {
      c.get('cache').skip()
      return c.text('made')
    })
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=skipped')
  })

  test('64 tags are stored, 65 are not, counting those of the route and those of tag() once each', async () => {
    const site = open()
    site.app.get('/:count', cache({ tags: numbered(10) }), (c) => {
      c.get('cache').tag(...numbered(Number(c.req.param('count'))))
      return c.text('made')
    })
    await site.get('/64')
    expect((await site.get('/64')).cache).toBe('hit; ttl=60')
    site.transcript()
    await site.get('/65')
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /:count {reason: uri-miss}",
        "not-stored GET /:count {reason: too-many-tags, detail: it has more than 64 tags}",
      ]
    `)
    expect((await site.get('/65')).cache).toBe('fwd=uri-miss; stored')
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['empty', ''],
  ])('a tag of the route that is %s: nothing is cached that could not be cleared', async (_, tag) => {
    const site = open()
    site.app.get('/page', cache({ tags: () => ['fine', tag] }), (c) => c.text('made'))
    expect(await site.get('/page')).toMatchObject({ body: 'made', cache: 'fwd=bypass; detail=no-tag' })
    expect(site.transcript()).toEqual([
      'bypass GET /page {reason: no-tag, detail: its tags are not all strings}',
    ])
  })

  test.each(['', undefined, 1])('tag(%j) is a mistake that throws', async (tag) => {
    const site = open()
    let thrown: unknown
    site.app.get('/page', (c) => {
      try {
        c.get('cache').tag(tag as string)
      } catch (error) {
        thrown = error
      }
      return c.text('made')
    })
    await site.get('/page')
    expect(thrown).toBeInstanceOf(TypeError)
  })
})
