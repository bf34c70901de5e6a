/**
 * Headers that make no difference to an answer, such as the id of a request, are no part of the key. A page may show one,
 * and its text is the client's to make up: then it is nobody else's.
 */
import type { Context } from 'hono'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { gate, until } from '../support/gate.ts'
import { onBothStores } from '../support/stores.ts'

const SCRIPT = '"><script src=//evil.example></script>'

const shown = (read: (c: Context) => unknown) => (c: Context) => c.html(`<p title="${read(c) ?? 'none'}">`)

onBothStores('a script in a header that makes no difference', (open) => {
  test.each(['x-request-id', 'traceparent', 'cf-ray', 'x-b3-traceid', 'pragma', 'accept-encoding'])(
    '%s: is shown to nobody but its sender',
    async (name) => {
      const site = open()
      const handler = shown((c) => c.req.header(name))
      site.app.get('/page', cache(), handler).get('/variant', cache({ vary: [name] }), handler)
      const headers = { [name]: SCRIPT }
      expect((await site.get('/page', { headers })).body).toContain(SCRIPT)
      expect(site.transcript().at(-1)).toMatch(
        /^not-stored GET \/page \{reason: reads-header, detail: .*only such responses are kept out/,
      )
      expect((await site.get('/page')).body).toBe('<p title="none">')
      // Nor does it keep the others' entry from being one for all.
      expect((await site.get('/page', { headers: { [name]: '1-2=3' } })).cache).toBe('hit; ttl=60')
      for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60'])
        expect(await site.get('/variant', { headers })).toMatchObject({ cache })
    },
  )

  test('does not keep out what is made of an id, a coding or a directive', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text(c.req.header('x-request-id') ?? 'none'))
    const headers = { 'x-request-id': 'aZ09_-.~:;,=+*/@|#!% x' }
    expect((await site.get('/page', { headers })).cache).toBe('fwd=uri-miss; stored')
  })

  test('is shown to nobody else by way of the variable requestId', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.set('requestId' as never, (c.req.header('x-request-id') ?? 7) as never)
      await next()
    })
    site.app.get(
      '/page',
      cache(),
      shown((c) => c.get('requestId')),
    )
    expect((await site.get('/page', { headers: { 'x-request-id': SCRIPT } })).cache).toBe(
      'fwd=uri-miss; detail=reads-variable',
    )
    expect((await site.get('/page')).body).toBe('<p title="7">')
    expect((await site.get('/page', { headers: { 'x-request-id': '8' } })).cache).toBe('hit; ttl=60')
  })

  test.each([
    ['an object', (who?: string) => ({ of: who })],
    ['an array', (who?: string) => [who]],
  ])('nor is a variable of that name which holds more than an id: %s', async (_, of) => {
    const site = open()
    site.app.use(async (c, next) => {
      c.set('requestId' as never, of(c.req.query('who')) as never)
      await next()
    })
    site.app.get('/page', cache({ query: false }), (c) => c.json(c.get('requestId')))
    await site.get('/page?who=ann')
    expect((await site.get('/page?who=bob')).body).toBe(JSON.stringify(of('bob')))
  })

  test('does not keep those out whose conditions and ranges a handler is not shown', async () => {
    const site = open()
    site.app.get(
      '/page',
      cache(),
      shown((c) => c.req.header('if-none-match') ?? c.req.header('range')),
    )
    const headers = { 'if-none-match': `"<${SCRIPT}"`, range: SCRIPT }
    expect(await site.get('/page', { headers })).toMatchObject({
      body: '<p title="none">',
      cache: 'fwd=uri-miss; stored',
    })
  })

  test('does not keep the others from sharing what one of them makes', async () => {
    const site = open()
    const later = gate()
    let runs = 0
    site.app.get('/page', cache(), async (c) => {
      if (++runs > 1) await later.pass()
      return c.text(`for ${c.req.header('x-request-id')}`)
    })
    await site.get('/page', { headers: { 'x-request-id': SCRIPT } })
    const others = [1, 2].map(async () => (await site.fetch('/page')).text())
    await until(() => site.events.filter(({ type }) => type === 'miss').length === 3)
    later.open()
    expect(await Promise.all(others)).toEqual(['for undefined', 'for undefined'])
    expect(runs).toBe(2)
    await site.settle()
  })

  test.each(['if-match', 'range'])('%s: is shown to nobody else where a POST shows it', async (name) => {
    const site = open()
    site.app.post(
      '/page',
      cache({ methods: ['POST'] }),
      shown((c) => c.req.header(name)),
    )
    const post = (headers = {}) => site.get('/page', { method: 'POST', body: 'same', headers })
    expect((await post({ [name]: SCRIPT })).cache).toBe('fwd=uri-miss; detail=reads-header')
    expect((await post()).body).toBe('<p title="none">')
  })
})
