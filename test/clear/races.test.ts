/** A clear is final: nothing that was made from older data is stored or served after it, whatever was under way. */
import { stream } from 'hono/streaming'
import { expect, test, vi } from 'vitest'
import { type ClearTarget, cache } from '../../src/index.ts'
import { gate } from '../support/gate.ts'
import { read } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('races', (open) => {
  const TARGETS: (ClearTarget | undefined)[] = [
    undefined,
    { namespace: 'catalog' },
    { tag: 'route' },
    { tag: 'late' },
    { path: '/page' },
    { key: 'front', namespace: 'catalog' },
  ]

  test.each(TARGETS)(
    'while a slow handler holds old data, clear(%j) comes: its answer is not stored',
    async (target) => {
      const site = open()
      const slow = gate()
      let data = 'old'
      site.app.get('/page', cache({ namespace: 'catalog', tags: ['route'], key: 'front' }), async (c) => {
        const read = data
        c.get('cache').tag('late')
        if (read === 'old') await slow.pass()
        return c.text(read)
      })
      // Stored once before, so that no scope is unknown to the store.
      slow.open()
      await site.get('/page')
      await site.clear()
      const second = gate()
      Object.assign(slow, second)

      const first = site.get('/page')
      await second.arrived
      data = 'new'
      expect(await (target ? site.clear(target) : site.clear())).toBe(true)
      second.open()
      expect((await first).body).toBe('old')
      expect(site.transcript()).toContain('not-stored GET /page {reason: cleared}')
      expect((await site.get('/page')).body).toBe('new')
      expect(await site.get('/page')).toMatchObject({ body: 'new', cache: 'hit; ttl=60' })
    },
  )

  test('while the body still streams, a clear comes: it is not stored', async () => {
    const site = open()
    const slow = gate()
    let data = 'old'
    site.app.get('/page', cache(), (c) => {
      const read = data
      return stream(c, async (out) => {
        await out.write(read)
        if (read === 'old') await slow.pass()
      })
    })
    const first = site.get('/page')
    await slow.arrived
    data = 'new'
    await site.clear({ namespace: 'default' })
    slow.open()
    expect((await first).body).toBe('old')
    expect((await site.get('/page')).body).toBe('new')
  })

  test('another request has stored the new page: the slow one does not overwrite it', async () => {
    const site = open()
    const slow = gate()
    let data = 'old'
    site.app.get('/page', cache(), async (c) => {
      const read = data
      if (read === 'old') await slow.pass()
      return c.text(read)
    })
    const first = site.get('/page')
    await slow.arrived
    data = 'new'
    await site.clear({ path: '/page' })
    await read(await site.fetch('/page'))
    await vi.waitFor(() => expect(site.events.map(({ type }) => type)).toContain('stored'))
    slow.open()
    await first
    expect(await site.get('/page')).toMatchObject({ body: 'new', cache: expect.stringContaining('hit') })
  })

  test('a clear inside the request that also stores keeps its own answer out, for it began with older data', async () => {
    const site = open()
    let count = 0
    site.app.get('/page', cache(), async (c) => {
      count++
      if (count === 1) await c.get('cache').clear({ path: '/page' })
      return c.text(String(count))
    })
    expect(await site.get('/page')).toMatchObject({ body: '1' })
    expect(await site.get('/page')).toMatchObject({ body: '2', cache: 'fwd=uri-miss; stored' })
    expect(await site.get('/page')).toMatchObject({ body: '2', cache: 'hit; ttl=60' })
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /page {reason: uri-miss}",
        "clear GET /page {scopes: p:%2Fpage, confirmed: true}",
        "not-stored GET /page {reason: cleared}",
        "miss GET /page {reason: uri-miss}",
        "stored GET /page {seconds: 60}",
        "hit GET /page {ttl: 60}",
      ]
    `)
  })

  test('a clear of something else leaves the slow answer alone', async () => {
    const site = open()
    const slow = gate()
    let isSlow = false
    site.app.get('/page', cache(), async (c) => {
      if (isSlow) await slow.pass()
      return c.text(isSlow ? 'slow' : 'first')
    })
    await site.get('/page')
    await site.clear()
    isSlow = true
    const second = site.get('/page')
    await slow.arrived
    await site.clear({ namespace: 'other' })
    slow.open()
    await second
    expect(await site.get('/page')).toMatchObject({ body: 'slow', cache: 'hit; ttl=60' })
  })
})
