/** RFC 5861 §4, stale-if-error: the last good answer in place of a failure, and never lost to one. */
import { type Context, Hono } from 'hono'
import { every } from 'hono/combine'
import { HTTPException } from 'hono/http-exception'
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { fresh, originAt, type Reply } from '../support/origin.ts'
import type { Site } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const GOOD: Reply = { headers: fresh(60) }
const THROWS: Reply = { error: new Error('down') }
const WINDOW = { staleIfError: 100 }

const FAILURES: [string, Reply][] = [
  ['a throw', THROWS],
  ['500', { status: 500 }],
  ['503', { status: 503 }],
  ['a thrown 502', { error: new HTTPException(502) }],
]

onBothStores('RFC 5861 §4', (open) => {
  test.each(FAILURES)('%s within the window: the last good answer, again and again', async (_, failure) => {
    for (const policy of ['safe', 'standard'] as const) {
      const site = originAt(open(), [GOOD, failure], { policy, ...WINDOW })
      await site.get('/page')
      for (const ttl of [-40, -80]) {
        pass(ttl === -40 ? 100 : 40)
        const answer = await site.get('/page')
        expect(answer).toMatchObject({ status: 200, body: 'one' })
        expect(answer.cache).toMatch(
          new RegExp(`^fwd=stale; fwd-status=50\\d; ttl=${ttl}; detail=stale-if-error$`),
        )
      }
      expect(site.asked).toHaveLength(3)
    }
  })

  test('the window counts from the end of freshness, and ends', async () => {
    const site = originAt(open(), [GOOD, { status: 503 }], WINDOW)
    await site.get('/page')
    pass(160)
    expect((await site.get('/page')).status).toBe(200)
    pass(1)
    expect((await site.get('/page')).status).toBe(503)
  })

  test.each<[string, string, CacheOptions, number]>([
    ['the response names it', ', stale-if-error=10', {}, 200],
    ['the response beats the route', ', stale-if-error=1', WINDOW, 503],
    ['the route names it', '', WINDOW, 200],
    ['nobody names it', '', {}, 503],
  ])('%s', async (_, directive, options, status) => {
    const site = originAt(open(), [{ headers: fresh(60, directive) }, { status: 503 }], options)
    await site.get('/page')
    pass(65)
    expect((await site.get('/page')).status).toBe(status)
  })

  test('a 5xx that may be stored itself does not take the place of the last good answer', async () => {
    const site = originAt(open(), [GOOD, { status: 503, headers: fresh(600) }], WINDOW)
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).body).toBe('one')
    expect((await site.get('/page')).cache).toMatch(/^fwd=stale; fwd-status=503/)
  })

  test.each<[string, Reply]>([
    ['404', { status: 404 }],
    ['a thrown 404', { error: new HTTPException(404) }],
    ['a thrown 403', { error: new HTTPException(403) }],
    ['a thrown 400', { error: new HTTPException(400) }],
  ])('%s says something of the page and is no failure', async (_, reply) => {
    const site = originAt(open(), [GOOD, reply], WINDOW)
    site.app.onError((error, c) =>
      error instanceof HTTPException ? error.getResponse() : c.text('failed', 500),
    )
    await site.get('/page')
    pass(60)
    expect((await site.get('/page')).status).toBe(reply.status ?? (reply.error as HTTPException).status)
  })

  test('a throw that somebody makes a polite page of is a failure', async () => {
    const site = open()
    site.app.onError((_, c) => c.text('sorry'))
    let fails = false
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => {
      if (fails) throw new Error('down')
      return c.text('good')
    })
    await site.get('/page')
    pass(60)
    fails = true
    expect((await site.get('/page')).body).toBe('good')
  })

  const throwing: [string, (site: Site, fail: () => void) => void][] = [
    ['no Error', ({ app }, fail) => app.get('/page', cache({ expire: 60, ...WINDOW }), made(fail))],
    [
      'inside every()',
      ({ app }, fail) => app.get('/page', every(cache({ expire: 60, ...WINDOW }), made(fail))),
    ],
  ]
  let attempt = ''
  const made = (fail: () => void) => async (c: Context) => {
    c.header(attempt, 'yes')
    fail()
    return c.text('good')
  }

  test.each(throwing)('a throw past Hono, %s, is a failure', async (_, route) => {
    const site = open()
    let error: unknown
    attempt = 'x-first'
    route(site, () => {
      if (error !== undefined) throw error
    })
    site.app.onError((error, c) => c.text('failed', error instanceof HTTPException ? error.status : 500))
    await site.get('/page')
    pass(60)
    attempt = 'x-later'
    for (const thrown of ['down', null, { status: 500 }, new Error('down'), new HTTPException(503)]) {
      error = thrown
      const answer = await site.get('/page')
      expect(answer).toMatchObject({ status: 200, body: 'good' })
      expect([answer.headers.has('x-first'), answer.headers.has('x-later')]).toEqual([true, false])
      expect(answer.cache).toMatch(/^fwd=stale; (fwd-status=50[03]; )?ttl=0; detail=stale-if-error$/)
      expect(site.transcript().at(-1)).toBe('not-stored GET /page {reason: error, detail: stale-if-error}')
    }
    error = new HTTPException(404)
    expect(await site.get('/page')).toMatchObject({ status: 404, body: 'failed' })
    expect(site.transcript().at(-1)).toBe('not-stored GET /page {reason: error}')
    error = undefined
    expect((await site.get('/page')).cache).toMatch(/^fwd=stale; stored/)
  })

  test('no Response is a failure', async () => {
    const site = open()
    let answer: string | undefined = 'good'
    const handler = (c: Context) => (answer === undefined ? undefined : c.text(answer))
    site.app.get('/page', cache({ expire: 60, ...WINDOW, staleWhileRevalidate: 10 }), handler as never)
    await site.get('/page')
    answer = undefined
    for (const told of [
      ['hit GET /page {ttl: -5}', 'not-stored GET /page {reason: error, detail: refresh}'],
      ['miss GET /page {reason: stale}', 'not-stored GET /page {reason: error, detail: stale-if-error}'],
    ]) {
      pass(told[0]!.startsWith('hit') ? 65 : 10)
      site.transcript()
      expect(await site.get('/page')).toMatchObject({ status: 200, body: 'good' })
      expect(site.transcript()).toEqual(told)
    }
  })

  test('HEAD and a conditional request get theirs', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(60), etag: '"v1"' } }, { status: 503 }], WINDOW)
    await site.get('/page')
    pass(60)
    expect(await site.get('/page', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect((await site.get('/page', { headers: { 'if-none-match': '"v1"' } })).status).toBe(304)
  })

  test('nothing of the failed answer reaches the client', async () => {
    const failed = { status: 500, headers: { 'set-cookie': 'session=1', 'x-trace': 'stack' } }
    const site = originAt(open(), [GOOD, failed], WINDOW)
    await site.get('/page')
    pass(60)
    const { headers } = await site.get('/page')
    expect(headers.has('set-cookie')).toBe(false)
    expect(headers.has('x-trace')).toBe(false)
  })

  test('what was cleared is not the last good answer', async () => {
    const site = originAt(open(), [GOOD, { status: 503 }], WINDOW)
    await site.get('/page')
    pass(60)
    await site.clear({ path: '/page' })
    expect((await site.get('/page')).status).toBe(503)
  })

  test('what middleware above has set is this request’s own', async () => {
    const site = open()
    let request = 0
    site.app.use(async (c, next) => {
      c.header('x-request-id', String(++request))
      await next()
    })
    const origin = originAt(site, [GOOD, { status: 503 }], WINDOW)
    await origin.get('/page')
    pass(60)
    expect((await origin.get('/page')).headers.get('x-request-id')).toBe('2')
  })

  test('a good answer takes its place again', async () => {
    const site = originAt(open(), [GOOD, THROWS, GOOD], WINDOW)
    await site.get('/page')
    pass(60)
    await site.get('/page')
    expect((await site.get('/page')).body).toBe('two')
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=60' })
  })

  test('the failure is an event', async () => {
    const site = originAt(open(), [GOOD, THROWS, { status: 503 }], WINDOW)
    await site.get('/page')
    pass(60)
    site.transcript()
    await site.get('/page')
    await site.get('/page')
    expect(site.transcript()).toEqual([
      'miss GET /* {reason: stale}',
      'not-stored GET /* {reason: error, detail: stale-if-error}',
      'miss GET /* {reason: stale}',
      'not-stored GET /* {reason: status, detail: stale-if-error}',
    ])
  })

  test('a part stands in for nobody who wants the whole, and no event says so', async () => {
    const part = { status: 206, headers: { ...fresh(60), 'content-range': 'bytes 0-3/10' }, body: 'part' }
    const site = originAt(open(), [part, { status: 503 }], { policy: 'standard', ...WINDOW })
    const range = { headers: { range: 'bytes=0-3' } }
    await site.get('/page', range)
    pass(60)
    site.transcript()
    expect((await site.get('/page')).status).toBe(503)
    expect(site.transcript()).toEqual(['miss GET /* {reason: stale}', 'not-stored GET /* {reason: status}'])
    expect(await site.get('/page', range)).toMatchObject({ status: 206, body: 'part' })
  })

  test('an app in an app whose own onError answers: a throw all the same', async () => {
    const site = open()
    let fails = false
    const inner = new Hono().get('/page', (c) => {
      if (fails) throw new Error('down')
      return c.text('good')
    })
    inner.onError((_, c) => c.text('the inner app is down', 500))
    site.app.use('/in/*', cache({ expire: 60, ...WINDOW }))
    site.app.route('/in', inner)
    await site.get('/in/page')
    pass(60)
    fails = true
    expect((await site.get('/in/page')).body).toBe('good')
  })
})
