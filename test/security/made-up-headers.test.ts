/**
 * A route that reads a member of the raw request depends on every uncommon header that a client sends, and the names of
 * those are the client's to make up. They are values of one input and no inputs of their own, which are recorded for all, so
 * that nobody can spoil a page for the others.
 */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores, pass } from '../support/stores.ts'

/** As many bytes of names as most servers take in one request. */
const madeUp = (round: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x-${round}-${i}-${'a'.repeat(30)}`, '1']))

const TOO_MANY = /^not-stored GET \/page \{reason: too-many-variants, detail: the names of the headers/

onBothStores('headers with names that a client has made up', (open) => {
  test('do not pile up in the Vary of everybody’s answer until no client takes it', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text(c.req.raw.headers.get('x-theme') ?? 'light'))
    const first = await site.get('/page')
    for (let round = 0; round < 20; round++) await site.get('/page', { headers: madeUp(round) })

    const victim = await site.get('/page')
    expect(victim).toMatchObject({ body: 'light', cache: 'hit; ttl=60' })
    expect(victim.headers.get('vary')).toBe(first.headers.get('vary'))
    await site.clear()
    expect((await site.get('/page')).headers.get('vary')).toBe(first.headers.get('vary'))
  })

  test('do not keep out what is made for those who bring another one', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text(c.req.raw.headers.get('x-theme') ?? 'light'))
    await site.get('/page', { headers: { [`x-${'a'.repeat(1_980)}`]: '1' } })
    const headers = { 'x-requested-with': 'fetch', 'x-theme': 'dark', 'x-app-version': '1' }
    await site.get('/page', { headers })
    expect(await site.get('/page', { headers })).toMatchObject({ body: 'dark', cache: 'hit; ttl=60' })
  })

  test('that are few are part of the key, as ever', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text(c.req.raw.headers.get('x-theme') ?? 'light'))
    for (const theme of ['dark', 'blue', 'dark', 'blue']) {
      expect((await site.get('/page', { headers: { 'x-theme': theme } })).body).toBe(theme)
    }
    expect((await site.get('/page', { headers: { 'x-theme': 'dark' } })).cache).toBe('hit; ttl=60')
  })

  test('are part of it also where native code takes them, and nobody sees which', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => {
      const { raw } = c.req
      raw.headers.get('accept')
      return c.text(new Request(raw).headers.get('x-theme') ?? 'light')
    })
    for (const theme of ['dark', 'blue', 'dark', 'blue']) {
      expect((await site.get('/page', { headers: { 'x-theme': theme } })).body).toBe(theme)
    }
  })

  test('are not taken from a 304 either, which renews what is stored', async () => {
    const site = open()
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      const headers = { etag: '"v1"', vary: Object.keys(madeUp(0)).join() }
      return c.req.header('if-none-match')
        ? c.body(null, 304, headers)
        : c.text('made', 200, { etag: '"v1"' })
    })
    await site.get('/page')
    pass(61)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'made' })
    expect(site.transcript().at(-1)).toMatch(TOO_MANY)
  })
})
