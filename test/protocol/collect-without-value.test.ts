/** A page that goes on without the value of a memo: it is cleared with that memo all the same. */
import { expect, test, vi } from 'vitest'
import { cache, memoize } from '../../src/index.ts'
import { gate } from '../support/gate.ts'
import { read } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('a page that goes on without the value of a memo', (open) => {
  test('since it throws: the page is cleared with it', async () => {
    const site = open()
    const rows = new Map<string, string>()
    const load = memoize(
      ({ id }: { id: string }) => {
        const row = rows.get(id)
        if (row === undefined) throw new RangeError('no row')
        return row
      },
      { name: 'load', tags: ({ id }) => [`product:${id}`] },
    )
    site.app.get('/:id', cache(), async (c) =>
      c.text(await load(c, { id: c.req.param('id') }).catch(() => 'no such product')),
    )
    await site.get('/7')
    expect(await site.get('/7')).toMatchObject({ body: 'no such product', cache: 'hit; ttl=60' })
    rows.set('7', 'kettle')
    await site.clear({ tag: 'product:8' })
    expect((await site.get('/7')).body).toBe('no such product')
    expect(await site.clear({ tag: 'product:7' })).toBe(true)
    expect((await site.get('/7')).body).toBe('kettle')
  })

  test('since a memo inside it throws: the page is cleared with both', async () => {
    for (const tag of ['outer', 'inner']) {
      const site = open()
      let fails = true
      const inner = memoize(
        () => {
          if (fails) throw new RangeError('no row')
          return 'row'
        },
        { name: 'inner', tags: ['inner'] },
      )
      const outer = memoize(({ inner }: { inner: () => Promise<string> }) => inner(), {
        name: 'outer',
        tags: ['outer'],
        exclude: ['inner'],
      })
      site.app.get('/page', cache(), async (c) =>
        c.text(await outer(c, { inner: () => inner(c, {}) }).catch(() => 'none')),
      )
      await site.get('/page')
      expect(await site.get('/page')).toMatchObject({ body: 'none', cache: 'hit; ttl=60' })
      fails = false
      await site.clear({ tag })
      expect((await site.get('/page')).body).toBe('row')
    }
  })

  test('since it takes too long: the page is cleared with it', async () => {
    const site = open()
    const slow = gate()
    const load = memoize(
      async () => {
        await slow.pass()
        return 'row'
      },
      { name: 'load', tags: ['row'] },
    )
    let patience: Promise<unknown> = slow.arrived
    site.app.get('/page', cache(), async (c) =>
      c.text(await Promise.race([load(c, {}), patience.then(() => 'not yet')])),
    )
    await site.fetch('/page')
    await vi.waitFor(() => expect(site.transcript().join()).toContain('stored'))
    const hit = { body: 'not yet', cache: expect.stringContaining('hit') }
    expect(await read(await site.fetch('/page'))).toMatchObject(hit)
    slow.open()
    patience = new Promise(() => {})
    expect(await site.clear({ tag: 'row' })).toBe(true)
    expect((await site.get('/page')).body).toBe('row')
  })
})
