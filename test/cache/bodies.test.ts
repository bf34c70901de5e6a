/** Methods with a body: the body is part of the key, and the handler reads it as ever. */

import type { Context } from 'hono'
import { validator } from 'hono/validator'
import { expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter, read, type Site } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const post = (body: BodyInit, type = 'text/plain') => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
})

const textForm = (text: string) => post(`q=${text}`, 'application/x-www-form-urlencoded')

const file = (text: string, name = 'a.txt', field = 'file', type = 'text/plain') =>
  `--b\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n${text}\r\n`

const fileForm = (...files: string[]) => post(`${files.join('')}--b--\r\n`, 'multipart/form-data; boundary=b')

/** A GET with a body, which no other runtime lets anybody make. */
async function askWithBody({ app, settle }: Site, body: string): Promise<string> {
  const request = new Request('http://localhost/page', { method: 'POST', body: body || null })
  const answer = await app.fetch(Object.defineProperty(request, 'method', { value: 'GET' }))
  const text = await answer.text()
  await settle()
  return text
}

onBothStores('request bodies', (open) => {
  test.each(['POST', 'QUERY'] as const)('%s: every body has its own entry', async (method) => {
    const site = open()
    const made = counter()
    site.app.on(method, '/search', cache({ methods: ['POST', 'QUERY'] }), async (c) =>
      c.text(`${await c.req.text()} ${made()}`),
    )
    const ask = (body: string) => site.get('/search', { ...post(body), method })
    expect(await ask('cats')).toMatchObject({ body: 'cats one', cache: 'fwd=uri-miss; stored' })
    expect(await ask('dogs')).toMatchObject({ body: 'dogs two' })
    expect(await ask('cats')).toMatchObject({ body: 'cats one', cache: 'hit; ttl=60' })
  })

  test('the same bytes of another type are another request', async () => {
    const site = open()
    const made = counter()
    site.app.post('/search', cache({ methods: ['POST'] }), (c) => c.text(made()))
    await site.get('/search', post('{}', 'application/json'))
    expect((await site.get('/search', post('{}', 'text/plain'))).body).toBe('two')
  })

  test('the same bytes in another coding are another request', async () => {
    const site = open()
    const made = counter()
    site.app.post('/search', cache({ methods: ['POST'], autoVary: false }), (c) => c.text(made()))
    await site.get('/search', post('cats'))
    const coded = post('cats')
    const headers = { ...coded.headers, 'content-encoding': 'x-rot13' }
    expect((await site.get('/search', { ...coded, headers })).body).toBe('two')
  })

  test('POST, QUERY and GET of one URL do not share', async () => {
    const site = open()
    const made = counter()
    site.app.all('/search', cache({ methods: ['GET', 'POST', 'QUERY'] }), (c) => c.text(made()))
    await site.get('/search')
    expect((await site.get('/search', { method: 'POST' })).body).toBe('two')
    expect((await site.get('/search', { method: 'QUERY' })).body).toBe('three')
  })

  test('a POST is not cached where nobody asked for it', async () => {
    const site = open()
    site.app.post('/search', cache(), (c) => c.text('made'))
    expect((await site.get('/search', post('cats'))).cache).toBe('fwd=method')
    expect(site.transcript()).toEqual(['bypass POST /search {reason: method}'])
  })

  test('a body over maxBodyBytes goes past the cache, and reaches the handler whole', async () => {
    const site = open()
    site.app.post('/search', cache({ methods: ['POST'], maxBodyBytes: 10 }), async (c) =>
      c.text(String((await c.req.text()).length)),
    )
    expect((await site.get('/search', post('x'.repeat(10)))).cache).toBe('fwd=uri-miss; stored')
    expect(await site.get('/search', post('x'.repeat(11)))).toMatchObject({
      body: '11',
      cache: 'fwd=bypass; detail=request-body',
    })
  })

  test('one that a validator above has read, too', async () => {
    const site = open()
    const read = validator('json', (value: { q: string }) => value)
    site.app.post('/search', read, cache({ methods: ['POST'], maxBodyBytes: 10 }), (c) =>
      c.text(c.req.valid('json').q),
    )
    const ask = (q: string) => site.get('/search', post(JSON.stringify({ q }), 'application/json'))
    expect(await ask('ab')).toMatchObject({ body: 'ab', cache: 'fwd=uri-miss; stored' })
    expect(await ask('abc')).toMatchObject({ body: 'abc', cache: 'fwd=bypass; detail=request-body' })
  })

  test('an upload that stands still reaches the handler, which may answer without it', async () => {
    const site = open()
    site.app.post('/search', cache({ methods: ['POST'], coalesceWait: 60 }), (c) => c.text('too slow', 408))
    vi.useFakeTimers()
    const answer = site.fetch('/search', {
      method: 'POST',
      body: new ReadableStream(),
      duplex: 'half',
    } as RequestInit)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await read(await answer)).toMatchObject({ status: 408, cache: 'fwd=bypass; detail=request-body' })
  }, 5_000)

  test('a validator above that has read the body through Hono is no obstacle', async () => {
    const site = open()
    const made = counter()
    site.app.post(
      '/search',
      validator('json', (value: { q: string }) => value),
      cache({ methods: ['POST'] }),
      (c) => c.text(`${c.req.valid('json').q} ${made()}`),
    )
    const ask = (q: string) => site.get('/search', post(JSON.stringify({ q }), 'application/json'))
    expect((await ask('cats')).body).toBe('cats one')
    expect((await ask('dogs')).body).toBe('dogs two')
    expect(await ask('cats')).toMatchObject({ body: 'cats one', cache: 'hit; ttl=60' })
  })

  test.each([
    ['of text', textForm('cats'), textForm('dogs')],
    ['with a file', fileForm(file('cats')), fileForm(file('dogs'))],
    ['with two of that length', fileForm(file('ca'), file('ts')), fileForm(file('cat'), file('s'))],
    ['with a file of that name', fileForm(file('cats')), fileForm(file('cats', 'other.txt'))],
    ['with a file in that field', fileForm(file('cats')), fileForm(file('cats', 'a.txt', 'other'))],
    ['with one of that type', fileForm(file('cats')), fileForm(file('cats', 'a.txt', 'file', 'text/html'))],
  ])('a form %s that middleware above has read through Hono has one key', async (_, one, other) => {
    const site = open()
    const made = counter()
    site.app.use(async (c, next) => {
      await c.req.formData()
      await next()
    })
    site.app.post('/search', cache({ methods: ['POST'] }), (c) => c.text(made()))
    expect((await site.get('/search', one)).body).toBe('one')
    expect((await site.get('/search', other)).body).toBe('two')
    expect(await site.get('/search', one)).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })

  test.each([
    ['c.req.text()', (c: Context) => c.req.text()],
    ['c.req.raw.text()', (c: Context) => c.req.raw.text()],
    ['the stream', (c: Context) => new Response(c.req.raw.body).text()],
  ])('what a GET says in a body, as Workers let it, is given to nobody else: %s', async (_, read) => {
    const site = open()
    site.app.get('/page', cache(), async (c) => c.text(`made of "${await read(c)}"`))
    const ask = (body: string) => askWithBody(site, body)
    expect(await ask('evil')).toBe('made of "evil"')
    expect(await ask('')).toBe('made of ""')
    expect(await ask('evil')).toBe('made of "evil"')
    expect(await ask('')).toBe('made of ""')
    const told = [
      expect.stringContaining('not-stored GET /page {reason: reads-raw-request'),
      'miss GET /page {reason: uri-miss}',
      'stored GET /page {seconds: 60}',
      'miss GET /page {reason: vary-miss}',
      expect.stringContaining('not-stored GET /page {reason: reads-raw-request'),
      expect.stringContaining('hit GET /page'),
    ]
    expect(site.transcript()).toEqual(['miss GET /page {reason: uri-miss}', ...told])
  })

  test('nor where reads are not observed', async () => {
    const site = open()
    site.app.get('/page', cache({ autoVary: false }), async (c) => c.text(`made of "${await c.req.text()}"`))
    expect(await askWithBody(site, 'evil')).toBe('made of "evil"')
    expect(await askWithBody(site, '')).toBe('made of ""')
  })

  test('where nobody reads it, it is of no consequence', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache(), (c) => c.text(made()))
    expect(await askWithBody(site, 'evil')).toBe('one')
    expect(await askWithBody(site, '')).toBe('one')
  })

  test('nor can one that the server around the app has read, of which nothing is left', async () => {
    const site = open()
    site.app.post('/search', cache({ methods: ['POST'] }), async (c) =>
      c.text(`found "${await c.req.text()}"`),
    )
    const lost = { method: 'POST', headers: { 'content-length': '4' } }
    const none = { method: 'POST', headers: { 'content-length': '0' } }
    expect((await site.get('/search', lost)).cache).toBe('fwd=bypass; detail=request-body')
    expect((await site.get('/search', none)).cache).toBe('fwd=uri-miss; stored')
  })

  test('a body that was read past Hono cannot be part of the key: the request goes past', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      await c.req.raw.text()
      await next()
    })
    site.app.post('/search', cache({ methods: ['POST'] }), (c) => c.text('made'))
    expect((await site.get('/search', post('cats'))).cache).toBe('fwd=bypass; detail=request-body')
  })

  test('conditions belong to a POST itself: they are passed on, and no 304 is made of them', async () => {
    const site = open()
    site.app.post('/search', cache({ methods: ['POST'] }), (c) => c.text('made', 200, { etag: '"v1"' }))
    const request = { method: 'POST', headers: { 'if-none-match': '"v1"' } }
    expect((await site.get('/search', request)).status).toBe(200)
    expect((await site.get('/search', request)).cache).toBe('hit; ttl=60')
    expect((await site.get('/search', request)).status).toBe(200)
  })

  test('a 304 to the condition of the client confirms nothing that is stored', async () => {
    const site = open()
    let version = 1
    site.app.on(['POST', 'QUERY'], '/search', cache({ methods: ['POST', 'QUERY'] }), (c) => {
      if (c.req.header('if-none-match') === `"v${version}"`) return c.body(null, 304)
      return c.text(`v${version}`, 200, { 'last-modified': new Date().toUTCString() })
    })
    for (const [method, status] of [
      ['POST', 304],
      ['QUERY', 200],
    ] as const) {
      const ask = (headers = {}) => site.get('/search', { method, headers })
      version = 1
      await ask()
      pass(60)
      version = 2
      // That is what it has from elsewhere. What a QUERY is asked of what is stored takes the place of it.
      const answer = await ask({ 'if-none-match': '"v2"' })
      expect(answer).toMatchObject({ status, body: status === 304 ? '' : 'v2' })
      expect((await ask()).body).toBe('v2')
    }
  })

  test('nor is a condition that failed the answer to a request without one', async () => {
    const site = open()
    site.app.post('/search', cache({ policy: 'standard', methods: ['POST'] }), (c) => {
      const failed = c.req.header('if-none-match') !== undefined
      return c.text(failed ? 'failed' : 'found', failed ? 412 : 200, { 'cache-control': 'max-age=60' })
    })
    const conditional = await site.get('/search', { method: 'POST', headers: { 'if-none-match': '"v0"' } })
    expect(conditional).toMatchObject({ status: 412, cache: 'fwd=uri-miss; detail=status' })
    expect((await site.get('/search', { method: 'POST' })).body).toBe('found')
  })
})
