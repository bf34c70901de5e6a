/** RFC 9111 §4.1, Calculating Cache Keys with the Vary Header Field. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { fresh, originAt } from '../support/origin.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const varying = (vary: string, more: Record<string, string> = {}) => [
  { headers: { ...fresh(60), vary, ...more } },
]

onBothStores('RFC 9111 §4.1', (open) => {
  test('each value of a selecting header has a variant of its own; a missing one is a value', async () => {
    const site = originAt(open(), varying('Accept, X-Tenant'))
    const requests = [{}, { accept: 'a/b' }, { 'x-tenant': 'a/b' }, { accept: 'a/b', 'x-tenant': 't' }]
    const bodies: string[] = []
    for (const headers of requests) bodies.push((await site.get('/page', { headers })).body)
    expect(bodies).toEqual(['one', 'two', 'three', 'four'])
    for (const [i, headers] of requests.entries()) {
      expect(await site.get('/page', { headers })).toMatchObject({ body: bodies[i], cache: 'hit; ttl=60' })
    }
  })

  test('Cookie and Authorization may select, where the response names them', async () => {
    const site = originAt(open(), varying('Cookie'))
    const of = (cookie: string) => site.get('/page', { headers: { cookie } })
    expect((await of('a=1')).body).toBe('one')
    expect((await of('a=2')).body).toBe('two')
    expect(await of('a=1')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })

  test('a coding that was chosen for one client is for no other, though the response does not say that it was', async () => {
    const site = open()
    site.app.get('/page', cache({ policy: 'standard' }), (c) => {
      const coded = c.req.header('accept-encoding') === 'gzip'
      return c.text(coded ? 'coded' : 'plain', 200, {
        ...fresh(60),
        ...(coded && { 'content-encoding': 'gzip' }),
      })
    })
    const of = (headers: Record<string, string>) => site.get('/page', { headers })
    const first = await of({ 'accept-encoding': 'gzip' })
    expect(first.body).toBe('coded')
    // Caches nearer to the client are told so as well, of what is made as of what is stored.
    expect(first.headers.get('vary')).toBe('accept-encoding')
    expect((await of({})).body).toBe('plain')
    expect(await of({ 'accept-encoding': 'gzip' })).toMatchObject({ body: 'coded', cache: 'hit; ttl=60' })
    expect(await of({})).toMatchObject({ body: 'plain', cache: 'hit; ttl=60' })
  })

  test('and makes no variants where the key has that header already', async () => {
    const site = open()
    const learned: unknown[] = []
    site.app.use(async (c, next) => {
      await next()
      learned.push(c.get('cache').explain().inputs.learned)
    })
    site.app.get('/page', cache({ policy: 'standard', vary: ['accept-encoding'] }), (c) =>
      c.text('coded', 200, { ...fresh(60), 'content-encoding': 'gzip' }),
    )
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
    expect(learned).toEqual([[], []])
  })

  /** What the second of two requests gets that differ in one header: a page made for it, or that of the first. */
  async function secondOf(name: string, first: string, second: string): Promise<string> {
    const site = originAt(open(), varying(name))
    await site.get('/page', { headers: { [name]: first } })
    return (await site.get('/page', { headers: { [name]: second } })).body
  }

  test.each([
    ['accept', 'a/b, c/d', 'a/b ,  c/d'],
    ['accept-charset', 'utf-8, ascii', 'utf-8,ascii'],
    ['x-any', 'one, two', 'one,two'],
    ['x-origin', 'one, two', 'one,two'],
    ['hosts', 'one, two', 'one,two'],
    ['accept-language', 'en-GB, de;q=0.5', 'EN-gb,de; q=0.5'],
  ])('%s: %j and %j mean the same', async (name, first, second) => {
    expect(await secondOf(name, first, second)).toBe('one')
  })

  test.each<[string, string, string]>([
    ['cookie', 'user=Doe, John', 'user=Doe,John'],
    ...[
      ...['authorization', 'proxy-authorization', 'referer', 'origin', 'host', 'from', 'user-agent'],
      ...['x-user', 'x-id', 'x-key', 'x-token'],
    ].map((name): [string, string, string] => [name, 'one, two', 'one,two']),
  ])('%s is no list: %j and %j may mean two things', async (name, first, second) => {
    expect(await secondOf(name, first, second)).toBe('two')
  })

  test.each([
    ['x-tenant', 'one', 'one\xa0'],
    ['accept', 'a/b,c/d', 'a/b\xa0,c/d'],
    ['cookie', 'theme=dark', '\xa0theme=dark'],
    ['accept-language', 'de', 'de\xa0'],
  ])('%s: nobody takes the place of %j with a space that is none: %j', async (name, plain, madeUp) => {
    expect(await secondOf(name, madeUp, plain)).toBe('two')
  })

  test('whoever wants most the language of a stored response gets that', async () => {
    const site = originAt(open(), varying('Accept-Language', { 'content-language': 'de' }))
    await site.get('/page', { headers: { 'accept-language': 'de, en;q=0.5' } })
    expect((await site.get('/page', { headers: { 'accept-language': 'de' } })).body).toBe('one')
    expect((await site.get('/page', { headers: { 'accept-language': 'fr, en;q=0.5' } })).body).toBe('two')
  })

  test('a language is the same however it is written', async () => {
    const site = originAt(open(), varying('Accept-Language', { 'content-language': 'DE' }))
    const cached = async () => (await site.get('/page', { headers: { 'accept-language': 'de' } })).cache
    await cached()
    pass(60)
    expect([await cached(), await cached()]).toEqual(['fwd=stale; stored', 'hit; ttl=60'])
  })

  test('no client writes what stands for a language', async () => {
    const site = originAt(open(), varying('Accept-Language', { 'content-language': 'de' }))
    await site.get('/page', { headers: { 'accept-language': 'de' } })
    for (const [body, language] of [
      ['two', 'speaks de'],
      ['three', '\\nde'],
    ] as const) {
      expect((await site.get('/page', { headers: { 'accept-language': language } })).body).toBe(body)
    }
    expect((await site.get('/page', { headers: { 'accept-language': 'de' } })).body).toBe('one')
  })

  test.each<[string, Record<string, string>]>([
    ['in another language', { 'content-language': 'fr' }],
    ['in none', {}],
  ])('what is answered %s is not what speaks the language that was asked for', async (_, language) => {
    const german = { ...fresh(60), vary: 'Accept-Language', 'content-language': 'de' }
    const other = { ...fresh(60), vary: 'Accept-Language', ...language }
    const site = originAt(open(), [{ headers: german }, { headers: other }, { headers: german }])
    const of = async (languages: string) =>
      (await site.get('/page', { headers: { 'accept-language': languages } })).body
    expect(await of('de')).toBe('one')
    pass(60)
    expect(await of('de, fr')).toBe('two')
    expect(site.transcript().at(-1)).toBe('not-stored GET /* {reason: content-language}')
    expect(await of('de')).toBe('three')
    expect(await of('de, fr')).toBe('three')
  })

  test('nor does a 304 that says so make it that', async () => {
    const headers = { ...fresh(60), vary: 'Accept-Language', etag: '"v1"', 'content-language': 'de' }
    const site = originAt(open(), [{ headers }, { status: 304, headers: { 'content-language': 'fr' } }])
    const german = { headers: { 'accept-language': 'de' } }
    await site.get('/page', german)
    pass(60)
    await site.get('/page', german)
    expect(site.transcript().at(-1)).toBe('not-stored GET /* {reason: content-language}')
  })

  test('whoever wants it at once waits for no page in another language', async () => {
    const site = open()
    site.app.get('/page', cache({ policy: 'standard' }), async (c) => {
      const languages = c.req.header('accept-language') ?? ''
      const language = languages.includes('fr') ? 'fr' : 'de'
      await Promise.resolve()
      return c.text(language, 200, { ...fresh(60), vary: 'accept-language', 'content-language': language })
    })
    const of = async (languages: string) =>
      (await site.get('/page', { headers: { 'accept-language': languages } })).body
    await of('de')
    pass(60)
    expect(await Promise.all([of('de, fr'), of('de')])).toEqual(['fr', 'de'])
  })

  test('a handler that sets its own Vary is not observed, unless that is asked for', async () => {
    for (const [autoVary, bodies] of [
      [undefined, ['one', 'one']],
      [true, ['one', 'two']],
    ] as const) {
      const site = open()
      const made = counter()
      const options = autoVary === undefined ? {} : { autoVary }
      site.app.get('/page', cache({ policy: 'standard', ...options }), (c) => {
        c.req.header('x-any')
        return c.text(made(), 200, fresh(60))
      })
      const of = async (value: string) => (await site.get('/page', { headers: { 'x-any': value } })).body
      expect([await of('a'), await of('b')]).toEqual(bodies)
    }
  })

  test('the safe policy compares by how it is written: it knows no grammar of a stranger’s header', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ vary: ['x-any'] }), (c) => c.text(made()))
    site.app.get('/learned', cache(), (c) => c.text(`${c.req.header('x-any')?.length} ${made()}`))
    for (const path of ['/page', '/learned']) {
      const first = await site.get(path, { headers: { 'x-any': 'one, two' } })
      const second = await site.get(path, { headers: { 'x-any': 'one,two' } })
      expect(second.body).not.toBe(first.body)
    }
  })
})
