/** Variants by the response's own `Vary`: each client gets its own, and a record that grows loses none of that. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

const accept = (language: string) => ({ headers: { 'accept-language': language } })

onBothStores('variants', (open) => {
  test('every value of the named header has its own entry', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache(), (c) =>
      c.text(`${c.req.header('accept-language')} ${made()}`, 200, { vary: 'Accept-Language' }),
    )
    expect(await site.get('/page', accept('de'))).toMatchObject({
      body: 'de one',
      cache: 'fwd=uri-miss; stored',
    })
    expect(await site.get('/page', accept('en'))).toMatchObject({
      body: 'en two',
      cache: 'fwd=vary-miss; stored',
    })
    expect(await site.get('/page', accept('de'))).toMatchObject({ body: 'de one', cache: 'hit; ttl=60' })
    expect(await site.get('/page', accept('en'))).toMatchObject({ body: 'en two', cache: 'hit; ttl=60' })
    expect((await site.get('/page', accept('en'))).headers.get('vary')?.toLowerCase()).toBe('accept-language')
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /page {reason: uri-miss}",
        "stored GET /page {seconds: 60}",
        "miss GET /page {reason: vary-miss}",
        "stored GET /page {seconds: 60}",
        "hit GET /page {ttl: 60}",
        "hit GET /page {ttl: 60}",
        "hit GET /page {ttl: 60}",
      ]
    `)
  })

  test('a header that is absent is a value of its own', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) =>
      c.text(JSON.stringify(c.req.header('accept-language') ?? null), 200, { vary: 'accept-language' }),
    )
    await site.get('/page')
    expect((await site.get('/page', accept('null'))).body).toBe('"null"')
    expect(await site.get('/page')).toMatchObject({ body: 'null', cache: 'hit; ttl=60' })
    expect(await site.get('/page', accept(''))).toMatchObject({ body: '""' })
  })

  test('a Vary that grows puts what was stored before out of reach', async () => {
    const site = open()
    let vary = 'x-a'
    site.app.get('/page', cache(), (c) =>
      c.text(`${c.req.header('x-a')} ${c.req.header('x-b')}`, 200, { vary }),
    )
    await site.get('/page', { headers: { 'x-a': '1', 'x-b': '1' } })
    vary = 'X-B, x-a'
    await site.get('/page', { headers: { 'x-a': '2', 'x-b': '1' } })
    expect(await site.get('/page', { headers: { 'x-a': '1', 'x-b': '2' } })).toMatchObject({
      body: '1 2',
      cache: 'fwd=vary-miss; stored',
    })
    expect(await site.get('/page', { headers: { 'x-a': '2', 'x-b': '1' } })).toMatchObject({
      body: '2 1',
      cache: 'hit; ttl=60',
    })
  })

  test('another isolate, which remembers nothing, finds the same variant', async () => {
    const site = open()
    const elsewhere = open({ ...site.options, timeout: 499 })
    for (const { app } of [site, elsewhere]) {
      app.get('/page', cache(), (c) => c.text(`${c.req.header('x-a')}`, 200, { vary: 'x-a' }))
    }
    await site.get('/page', { headers: { 'x-a': '1' } })
    const hit = await elsewhere.get('/page', { headers: { 'x-a': '1' } })
    expect(hit).toMatchObject({ body: '1', cache: 'hit; ttl=60' })
    expect((await elsewhere.get('/page', { headers: { 'x-a': '2' } })).cache).toBe('fwd=vary-miss; stored')
  })
})
