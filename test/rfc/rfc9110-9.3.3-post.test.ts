/** RFC 9110 §9.3.3, a POST that says what a GET would get: it is stored for that. */
import { expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { at, fresh, type Reply } from '../support/origin.ts'
import { read } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'
import { survivors, unsafe } from '../support/unsafe.ts'

onBothStores('RFC 9110 §9.3.3, a POST that says what a GET would get', (open) => {
  const post = (headers: Record<string, string>): Reply => ({ headers, body: 'posted' })

  test.each([
    fresh(60),
    { 'cache-control': 's-maxage=60' },
    { expires: at(60) },
    { 'cdn-cache-control': 'max-age=60' },
  ])('is stored for GET, whoever has sent it: %j', async (freshness) => {
    const site = unsafe(open(), post({ ...freshness, 'content-location': '/page' }))
    const headers = { cookie: 'session=alice' }
    expect((await site.get('/page', { method: 'POST', headers })).cache).toBe('fwd=method; stored')
    expect(await site.get('/page')).toMatchObject({ body: 'posted', cache: 'hit; ttl=60' })
  })

  test('is not, where the request says no-store', async () => {
    const site = unsafe(open(), post({ ...fresh(60), 'content-location': '/page' }))
    const headers = { 'cache-control': 'no-store' }
    expect((await site.get('/page', { method: 'POST', headers })).cache).toBe('fwd=method')
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })

  test('and clears what else there is of its path, and what is still being made of older data', async () => {
    const site = open()
    const gate = Promise.withResolvers<void>()
    let data = 'old'
    site.app.all('/page', cache({ policy: 'standard' }), async (c) => {
      if (c.req.method === 'POST') data = 'new'
      const body = `${data} ${c.req.header('accept-language') ?? ''}`
      if (c.req.query('slow')) await gate.promise
      return c.text(body, 200, { ...fresh(60), 'content-location': '/page', vary: 'accept-language' })
    })
    const german = { headers: { 'accept-language': 'de' } }
    await site.get('/page', german)
    const slow = site.fetch('/page?slow=1')
    await vi.waitFor(() => expect(site.transcript().join()).toContain('miss'))
    expect(await read(await site.fetch('/page', { method: 'POST' }))).toMatchObject({
      cache: 'fwd=method; stored',
    })
    gate.resolve()
    await (await slow).text()
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'new ', cache: 'hit; ttl=60' })
    expect(await site.get('/page', german)).toMatchObject({ body: 'new de' })
    expect(await site.get('/page?slow=1')).toMatchObject({ body: 'new ' })
  })

  test('is given while its body is still made, and stored once that has ended', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const headers = { ...fresh(60), 'content-location': '/page' }
    const site = unsafe(open(), { headers, body: readable })
    const posted = await site.fetch('/page', { method: 'POST' })
    expect(posted.headers.get('cache-status')).toBe('hono-redis-cache; fwd=method; stored')
    const writer = writable.getWriter()
    const sent = writer.write(new TextEncoder().encode('posted')).then(() => writer.close())
    expect(await posted.text()).toBe('posted')
    await sent
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'posted', cache: 'hit; ttl=60' })
  }, 5_000)

  test('ends, with `awaitStore`, only once it is stored', async () => {
    const headers = { ...fresh(60), 'content-location': '/page' }
    const site = unsafe(open(), { headers, body: 'posted' }, { awaitStore: true })
    await (await site.fetch('/page', { method: 'POST' })).text()
    expect((await read(await site.fetch('/page'))).cache).toBe('hit; ttl=60')
  })

  test('is not, where it has seen cookies that are kept from a GET', async () => {
    const site = open()
    site.app.all('/page', cache({ policy: 'standard', vary: { cookies: ['theme'] } }), (c) =>
      c.text(`for ${c.req.header('cookie')}`, 200, { ...fresh(60), 'content-location': '/page' }),
    )
    const as = (cookie: string, method = 'GET') => site.get('/page', { method, headers: { cookie } })
    expect((await as('theme=dark; session=alice', 'POST')).body).toBe('for theme=dark; session=alice')
    expect((await as('theme=dark; session=bob')).body).toBe('for theme=dark')
    // One that has seen none has seen what a GET without them sees.
    await site.get('/page', { method: 'POST' })
    expect(await site.get('/page')).toMatchObject({ body: 'for undefined', cache: 'hit; ttl=60' })
  })

  test('and clears what else it names', async () => {
    const headers = { ...fresh(60), 'content-location': '/page', location: '/list' }
    const site = unsafe(open(), post(headers))
    expect(await survivors(site, ['/page', '/list'], ['/page', { method: 'POST' }])).toEqual(['/page'])
  })

  test.each<[string, Record<string, string>, number?]>([
    ['without freshness of its own, whatever the route names', { 'content-location': '/page' }],
    [
      'with an Expires whose place a field for caches takes',
      { 'content-location': '/page', expires: at(60), 'cdn-cache-control': 'public' },
    ],
    ['without Content-Location', fresh(60)],
    ['with another one', { ...fresh(60), 'content-location': '/page?a=1' }],
    ['that leads elsewhere', { ...fresh(60), 'content-location': '/page' }, 303],
    ['that is private', { ...fresh(60, ', private'), 'content-location': '/page' }],
  ])('is not, %s', async (_, headers, status = 200) => {
    const site = unsafe(open(), { ...post(headers), status }, { expire: 60 })
    await site.get('/page')
    expect((await site.get('/page', { method: 'POST' })).cache).toBe('fwd=method')
    expect(await site.get('/page')).toMatchObject({ body: 'two' })
  })

  test('a PUT that says so is not', async () => {
    const site = unsafe(open(), post({ ...fresh(60), 'content-location': '/page' }))
    expect((await site.get('/page', { method: 'PUT' })).cache).toBe('fwd=method')
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  })

  test('is not, where somebody has cleared anything meanwhile: it may be made of older data', async () => {
    const site = open()
    site.app.post('/page', cache({ policy: 'standard' }), async (c) => {
      await site.clear({ tag: 'prices' })
      c.get('cache').tag('prices')
      return c.text('posted', 200, { ...fresh(60), 'content-location': '/page' })
    })
    expect((await site.get('/page', { method: 'POST' })).cache).toBe('fwd=method')
    expect(site.transcript().at(-1)).toBe('not-stored POST /page {reason: cleared}')
  })

  test('is not, where a GET would have no key, and that is no failure', async () => {
    const site = unsafe(open(), post({ ...fresh(60), 'content-location': '/page' }), {
      keyBuilder: () => null,
    })
    expect((await site.get('/page', { method: 'POST' })).cache).toBe('fwd=method')
    expect(site.transcript()).toEqual([
      'bypass POST /* {reason: method}',
      'clear POST /* {scopes: p:%2Fpage, confirmed: true}',
    ])
  })
})
