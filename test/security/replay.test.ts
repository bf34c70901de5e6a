/** What one client brings or gets must not reach another: cookies, hosts, headers, bodies in a second encoding. */
import { setCookie } from 'hono/cookie'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, onRedis } from '../support/stores.ts'

onBothStores('cookies', (open) => {
  test('one that a handler sets is never replayed to another client', async () => {
    const site = open()
    const session = counter()
    site.app.get('/login', cache({ expire: { 200: 60, 302: 60 } }), (c) => {
      setCookie(c, 'session', session())
      return c.redirect('/')
    })
    const cookies: string[][] = []
    for (let client = 0; client < 3; client++) cookies.push((await site.get('/login')).headers.getSetCookie())
    expect(cookies).toEqual([['session=one; Path=/'], ['session=two; Path=/'], ['session=three; Path=/']])
    expect(site.events.filter(({ type }) => type === 'stored')).toEqual([])
  })

  test.each([
    ['in the Response', () => new Response('made', { headers: { 'set-cookie': 'a=1' } })],
    [
      'twice',
      () =>
        new Response('made', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        }),
    ],
  ])('whichever way it is set: %s', async (_, handler) => {
    const site = open()
    site.app.get('/page', cache(), handler)
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('fwd=uri-miss; detail=set-cookie')
  })

  test('one that is deleted keeps the page out as well', async () => {
    const site = open()
    site.app.get('/logout', cache(), (c) => {
      c.header('set-cookie', 'session=; Max-Age=0')
      return c.text('bye')
    })
    expect((await site.get('/logout')).cache).toBe('fwd=uri-miss; detail=set-cookie')
  })

  test('the same cookie set above and below: the value of the one who filled the cache is not stored', async () => {
    const site = open()
    const session = counter()
    site.app.use(async (c, next) => {
      setCookie(c, 'session', session())
      await next()
    })
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    const hit = await site.get('/page')
    expect(hit.cache).toBe('hit; ttl=60')
    expect(hit.headers.getSetCookie()).toEqual(['session=two; Path=/'])
  })
})

onBothStores('hosts', (open) => {
  test('a page that is made for one host is not served at another', async () => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text(`links to ${new URL(c.req.url).host}`))
    await site.get('http://evil.example/page')
    expect((await site.get('http://good.example/page')).body).toBe('links to good.example')
    expect((await site.get('http://good.example:8080/page')).body).toBe('links to good.example:8080')
    // The same host, as differently as it can be written.
    expect((await site.get('http://GOOD.example:80/page')).cache).toBe('hit; ttl=60')
  })

  test('what cannot be told from a host by a careless key is told apart', async () => {
    const site = open()
    site.app.get('*', cache(), (c) => c.text(c.req.url))
    const urls = [
      'http://a.example/b/c',
      'http://a.example/b%2Fc',
      'http://a.example//b/c',
      'http://a.exampl/e/b/c',
    ]
    for (const url of urls) expect((await site.get(url)).body).toBe(url)
    for (const url of urls) expect(await site.get(url)).toMatchObject({ body: url, cache: 'hit; ttl=60' })
  })
})

onRedis('headers', (world) => {
  test.each([
    ['x-a', 'fine\r\nset-cookie: session=stolen'],
    ['x-a', 'fine\nset-cookie: session=stolen'],
    ['x-a\r\nset-cookie', 'session=stolen'],
    ['x-a', 'null\0'],
    // With a length of its own the rest of the body would be the next answer on the connection.
    ['content-length', '2'],
    ['transfer-encoding', 'chunked'],
  ])('an entry that somebody wrote with %j: %j injects nothing', async (name, value) => {
    const { redis, open } = world()
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made', 200, { 'x-harmless': 'here' }))
    await site.get('/page')
    const [key] = (await redis.command('KEYS', `${site.options.prefix}:e:*`)) as string[]
    const stored = String(await redis.command('GET', key!))
    const forged = stored.replace('["x-harmless","here"]', JSON.stringify([name, value]))
    expect(forged).not.toBe(stored)
    await redis.command('SET', key!, forged)
    const answer = await site.get('/page')
    expect(answer).toMatchObject({ status: 200, body: 'made', cache: 'fwd=uri-miss; stored' })
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect((await site.get('/page')).headers.get('x-harmless')).toBe('here')
  })
})

onRedis('encodings', (world) => {
  test.each([
    ['JSON', '{"a":"b\\n\\"c\\""}'],
    ['text with everything in it', 'line\nfeed "quotes" \\ back\u0000 ü 😀'],
    ['what looks like our own', 'hrc1 {}\n'],
    ['a number', '123'],
  ])('a body of %s is stored as it is, and encoded once on the wire', async (_, body) => {
    const { redis, open, bridge } = world()
    const site = open()
    site.app.get('/page', cache(), (c) => c.body(body))
    await site.get('/page')
    const [key] = (await redis.command('KEYS', `${site.options.prefix}:e:*`)) as string[]
    const stored = String(await redis.command('GET', key!))
    expect(stored.endsWith(`\n${body}`)).toBe(true)
    expect(bridge.commands.flat()).toContain(stored)
    expect(await site.get('/page')).toMatchObject({ body, cache: 'hit; ttl=60' })
  })

  test('a body that is no UTF-8 is base64, a third longer and no more', async () => {
    const { redis, open } = world()
    const site = open()
    site.app.get('/page', cache(), (c) => c.body(new Uint8Array(3000).fill(0xff)))
    await site.get('/page')
    const [key] = (await redis.command('KEYS', `${site.options.prefix}:e:*`)) as string[]
    const stored = String(await redis.command('GET', key!))
    expect(stored.slice(stored.indexOf('\n') + 1)).toBe('/'.repeat(4000))
  })
})
