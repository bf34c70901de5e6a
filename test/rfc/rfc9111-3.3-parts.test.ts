/** RFC 9111 §3.3 and §3.4: parts that are stored, and completed. */
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { describe, expect, test, vi } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { fresh, originAt, type Reply } from '../support/origin.ts'
import { openSite } from '../support/site.ts'
import { fakeDate, type Open, onBothStores, pass } from '../support/stores.ts'
import { ask, BODY, part, WHOLE } from './ranges.ts'

onBothStores('RFC 9111 §3.3, storing a part', (open) => {
  test('the handler is asked for it, and what comes answers what lies in it', async () => {
    const site = originAt(open(), [part(2, '23456')])
    const first = await site.get('/page', ask('bytes=2-6', { 'if-range': '"v1"' }))
    expect(first).toMatchObject({ status: 206, body: '23456', cache: 'fwd=uri-miss; stored' })
    expect(site.asked[0]!.headers.get('range')).toBe('bytes=2-6')
    expect(site.asked[0]!.headers.get('if-range')).toBe('"v1"')
    for (const [range, body] of [
      ['bytes=2-6', '23456'],
      ['bytes=3-4', '34'],
    ]) {
      const hit = await site.get('/page', ask(range!))
      expect(hit).toMatchObject({ status: 206, body, cache: 'hit; ttl=60' })
      expect(hit.headers.get('etag')).toBe('"v1"')
    }
  })

  test('who has that version already is told so, and gets no part of it (RFC 9111 §4.3.2)', async () => {
    const site = originAt(open(), [part(2, '23456')])
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
      const told = await site.get('/page', ask('bytes=2-6', { 'if-none-match': '"v1"' }))
      expect(told).toMatchObject({ status: 304, body: '', cache })
      expect(told.headers.has('content-range')).toBe(false)
    }
    expect(await site.get('/page', ask('bytes=2-6', { 'if-none-match': '"v0"' }))).toMatchObject({
      status: 206,
      body: '23456',
    })
  })

  test('what lies beyond it is asked for', async () => {
    const site = originAt(open(), [part(2, '234'), part(5, '567')])
    await site.get('/page', ask('bytes=2-4'))
    expect(await site.get('/page', ask('bytes=5-7'))).toMatchObject({
      body: '567',
      cache: 'fwd=partial; stored',
    })
    expect(site.asked).toHaveLength(2)
  })

  test('a stale part is refreshed by whoever asks for it: nobody gets the rest in its place', async () => {
    const site = originAt(open(), [part(0, '0123'), part(0, 'abcd')], { staleWhileRevalidate: 600 })
    await site.get('/page', ask('bytes=0-3'))
    pass(70)
    expect((await site.get('/page', ask('bytes=0-3'))).body).toBe('abcd')
    const { headers } = site.asked[1]!
    expect([headers.get('range'), headers.has('if-none-match')]).toEqual(['bytes=0-3', false])
    expect(await site.get('/page', ask('bytes=0-3'))).toMatchObject({ body: 'abcd', cache: 'hit; ttl=60' })
  })

  test('a whole answer to it is stored as the whole', async () => {
    const site = originAt(open(), [WHOLE])
    expect(await site.get('/page', ask('bytes=2-4'))).toMatchObject({ status: 200, body: BODY })
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY, cache: 'hit; ttl=60' })
  })

  test('a part that is called a 200 is not the whole', async () => {
    const items: Reply = { headers: { ...fresh(60), 'content-range': 'items 0-1/10' }, body: '01' }
    const site = originAt(open(), [items, WHOLE])
    expect((await site.get('/page', ask('items=0-1'))).cache).toBe('fwd=uri-miss; detail=partial')
    expect((await site.get('/page')).body).toBe(BODY)
  })

  test.each([
    ['a range that there is not', 416, { 'content-range': 'bytes */10' }],
    ['a range that is malformed', 400, {}],
    ['a range of what is not there', 404, {}],
  ])('what the handler says of %s is no answer to who asks for the whole', async (_, status, headers) => {
    const refused: Reply = { status, headers: { ...fresh(60), ...headers }, body: 'refused' }
    const site = originAt(open(), [refused, WHOLE])
    expect(await site.get('/page', ask('bytes=10-12'))).toMatchObject({
      status,
      body: 'refused',
      cache: 'fwd=uri-miss; detail=status',
    })
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY, cache: 'fwd=uri-miss; stored' })
  })

  test('nor is what it says of the range that we ask for', async () => {
    const site = originAt(open(), [part(0, '0123'), { status: 400, headers: fresh(60) }, WHOLE])
    await site.get('/page', ask('bytes=0-3'))
    expect((await site.get('/page')).status).toBe(400)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY })
  })

  test('the safe policy asks for the whole, and stores no part', async () => {
    const site = originAt(open(), [part(2, '234')], { policy: 'safe', expire: 60 })
    await site.get('/page', ask('bytes=2-4'))
    expect(site.asked[0]!.headers.has('range')).toBe(false)
    expect(site.transcript().at(-1)).toBe('not-stored GET /* {reason: partial}')
  })
})

onBothStores('RFC 9111 §3.4, completing a part', (open) => {
  test('the rest is asked for, and the whole is answered and stored', async () => {
    const site = originAt(open(), [part(0, '0123'), part(4, '456789')])
    await site.get('/page', ask('bytes=0-3'))
    const whole = await site.get('/page')
    expect(whole).toMatchObject({ status: 200, body: BODY, cache: 'fwd=partial; stored' })
    expect(whole.headers.has('content-range')).toBe(false)
    expect(site.asked[1]!.headers.get('range')).toBe('bytes=4-')
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY, cache: 'hit; ttl=60' })
    expect(await site.get('/page', ask('bytes=3-5'))).toMatchObject({
      status: 206,
      body: '345',
      cache: 'hit; ttl=60',
    })
  })

  test.each<[string, Reply]>([
    ['of another version', part(4, 'other!', { etag: '"v2"' })],
    ['without a version', { ...part(4, 'other!'), headers: { 'content-range': 'bytes 4-9/10' } }],
    ['of another place', part(5, '56789')],
    ['that there is no more', { status: 416, headers: { 'content-range': 'bytes */3' }, body: '' }],
  ])('a rest %s is not joined: all of it is asked for', async (_, rest) => {
    const site = originAt(open(), [part(0, '0123'), rest, { ...WHOLE, body: 'abcdefghij' }])
    await site.get('/page', ask('bytes=0-3'))
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'abcdefghij' })
    expect(site.asked).toHaveLength(3)
    expect(site.asked[2]!.headers.has('range')).toBe(false)
    expect((await site.get('/page')).body).toBe('abcdefghij')
  })

  test('a digest of a part is none of another part, nor of the whole', async () => {
    const digest = { 'content-digest': 'sha-256=:AAAA:' }
    const site = originAt(open(), [part(0, '0123', digest), part(4, '456789', digest)])
    await site.get('/page', ask('bytes=0-3'))
    for (const init of [ask('bytes=1-2'), {}, {}]) {
      expect((await site.get('/page', init)).headers.has('content-digest')).toBe(false)
    }
    expect(site.asked).toHaveLength(2)
  })

  test('a part that does not begin at the beginning is no use for the whole', async () => {
    const site = originAt(open(), [part(2, '234'), WHOLE])
    await site.get('/page', ask('bytes=2-4'))
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY })
    expect(site.asked[1]!.headers.has('range')).toBe(false)
  })

  test('what was cleared is not completed', async () => {
    const site = originAt(open(), [part(0, '0123'), WHOLE])
    await site.get('/page', ask('bytes=0-3'))
    await site.clear({ path: '/page' })
    await site.get('/page')
    expect(site.asked[1]!.headers.has('range')).toBe(false)
  })
})

onBothStores('a second answer, in place of a rest that cannot be joined', (open) => {
  /** A preview for everybody in parts, and as a whole, which is of another version, a page of the caller's own. */
  const previewOf = (open: Open, whole: (c: Context) => Response | Promise<Response>) => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('x-above', 'set above')
      await next()
    })
    site.app.get('/page', cache({ policy: 'standard', autoVary: true, expire: 60 }), (c) => {
      const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(c.req.header('range') ?? '') ?? []
      if (first === undefined) return whole(c)
      const to = last ? Number(last) : 9
      const headers = { ...fresh(60), etag: first === '0' ? '"v1"' : '"v2"' }
      const contentRange = `bytes ${first}-${to}/10`
      return c.body(BODY.slice(Number(first), to + 1), 206, { ...headers, 'content-range': contentRange })
    })
    return site
  }

  test.each<[string, (c: Context) => string | undefined]>([
    ['a header', (c) => c.req.header('x-user')],
    ['Authorization', (c) => c.req.header('authorization')],
    ['a cookie', (c) => getCookie(c, 'user')],
  ])('that is made of %s is given to nobody else', async (_, user) => {
    const site = previewOf(open, (c) => c.text(`for ${user(c)}`))
    const as = (name: string, more = {}) =>
      site.get('/page', {
        headers: { 'x-user': name, authorization: name, cookie: `user=${name}`, ...more },
      })
    await as('alice', { range: 'bytes=0-3' })
    expect((await as('bob')).body).toBe('for bob')
    expect((await as('alice')).body).toBe('for alice')
  })

  test('has what middleware above has set, once', async () => {
    const site = previewOf(open, (c) => c.text('whole'))
    await site.get('/page', ask('bytes=0-3'))
    for (const cache of ['fwd=partial; stored', 'hit; ttl=60']) {
      const answer = await site.get('/page')
      expect(answer).toMatchObject({ body: 'whole', cache })
      expect(answer.headers.get('x-above')).toBe('set above')
    }
  })

  test('has no more of it than the rest had', async () => {
    const site = open()
    site.app.use(async (c, next) => {
      c.header('x-above', 'set above')
      await next()
    })
    // Which gives Responses of its own, to which Hono adds nothing.
    const { get } = originAt(site, [part(0, '0123'), part(4, '456789', { etag: '"v2"' }), WHOLE])
    await get('/page', ask('bytes=0-3'))
    const { body, headers } = await get('/page')
    expect([body, headers.get('x-above')]).toEqual([BODY, null])
  })

  test('has what middleware above has begun a response with, as cors() does', async () => {
    const site = open()
    site.app.use(cors({ origin: ['https://a.example', 'https://b.example'] }))
    const { get } = originAt(site, [part(0, '0123'), part(4, '456789', { etag: '"v2"' }), WHOLE])
    await get('/page', ask('bytes=0-3'))
    for (const origin of ['https://a.example', 'https://b.example']) {
      const { body, headers } = await get('/page', { headers: { origin } })
      expect(body).toBe(BODY)
      expect(headers.get('access-control-allow-origin')).toBe(origin)
    }
  })

  test('that fails has nothing of the rest: a client would wait for its length', async () => {
    const rest = part(4, '456789', { etag: '"v2"', 'content-length': '6' })
    const site = open()
    site.app.use(cors())
    const { get } = originAt(site, [part(0, '0123'), rest, { error: new Error('on purpose') }])
    await get('/page', ask('bytes=0-3'))
    site.transcript()
    const { headers, ...answer } = await get('/page')
    expect(answer).toEqual({ status: 500, body: 'failed', cache: 'fwd=partial; detail=error' })
    expect([...headers.keys()]).toEqual(['access-control-allow-origin', 'cache-status', 'content-type'])
    expect(site.transcript()).toEqual(['miss GET /* {reason: partial}', 'not-stored GET /* {reason: error}'])
  })

  test('is cleared by the tags that its handler gives it', async () => {
    const site = previewOf(open, (c) => {
      c.get('cache').tag('of the whole')
      return c.text('whole')
    })
    await site.get('/page', ask('bytes=0-3'))
    expect(await site.get('/page')).toMatchObject({ body: 'whole', cache: 'fwd=partial; stored' })
    expect(await site.get('/page')).toMatchObject({ body: 'whole', cache: 'hit; ttl=60' })
    await site.clear({ tag: 'of the whole' })
    expect((await site.get('/page')).cache).toMatch(/^fwd=miss/)
  })

  test('reaches the client while it is made', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const site = previewOf(open, () => new Response(readable, { headers: { etag: '"v2"' } }))
    await site.get('/page', ask('bytes=0-3'))
    const answer = await site.fetch('/page')
    expect(answer.status).toBe(200)
    const writer = writable.getWriter()
    const sent = writer.write(new TextEncoder().encode('late')).then(() => writer.close())
    expect(await answer.text()).toBe('late')
    await sent
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'late', cache: 'hit; ttl=60' })
  })
})

describe('the rest of a part', () => {
  fakeDate()
  const film = (total: number, rest: () => BodyInit) => {
    const site = openSite({ store: memoryStore() })
    const ranges: (string | undefined)[] = []
    site.app.get('/film', cache({ policy: 'standard', maxBodyBytes: 1_000 }), (c) => {
      const range = c.req.header('range')
      ranges.push(range)
      const headers = { ...fresh(60), etag: '"v1"' }
      if (range === undefined) return c.body('the whole', 200, headers)
      const first = Number(/\d+/.exec(range))
      const body = first === 0 ? BODY : rest()
      const last = first === 0 ? 9 : total - 1
      return new Response(body, {
        status: 206,
        headers: { ...headers, 'content-range': `bytes ${first}-${last}/${total}` },
      })
    })
    return { ...site, ranges }
  }

  test('that is larger than what can be stored is not copied: the whole is asked for, and streams', async () => {
    const site = film(1_001, () => 'x'.repeat(991))
    await site.get('/film', ask('bytes=0-9'))
    expect((await site.get('/film')).body).toBe('the whole')
    expect(site.ranges).toEqual(['bytes=0-9', undefined])
  })

  test('that stands still is waited for no longer than two seconds', async () => {
    const site = film(1_000, () => new ReadableStream())
    await site.get('/film', ask('bytes=0-9'))
    vi.useFakeTimers()
    const answer = site.fetch('/film')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await (await answer).text()).toBe('the whole')
    expect(site.ranges).toEqual(['bytes=0-9', 'bytes=10-', undefined])
  })
})

onBothStores('what a part was made of', (open) => {
  test('clears the whole that it has become', async () => {
    const site = open()
    let asked = 0
    site.app.get('/page', cache({ policy: 'standard' }), (c) => {
      if (asked++ === 0) c.get('cache').tag('of the part')
      const [, first = '0', last = '9'] = /bytes=(\d+)-(\d*)/.exec(c.req.header('range') ?? '') ?? []
      const to = last === '' ? 9 : Number(last)
      return c.body(BODY.slice(Number(first), to + 1), 206, {
        ...WHOLE.headers,
        'content-range': `bytes ${first}-${to}/10`,
      } as Record<string, string>)
    })
    await site.get('/page', ask('bytes=0-3'))
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY })
    expect(await site.get('/page')).toMatchObject({ cache: 'hit; ttl=60' })
    await site.clear({ tag: 'of the part' })
    expect((await site.get('/page')).cache).toMatch(/^fwd=miss/)
  })
})

onBothStores('parts of what is no GET', (open) => {
  test.each(['QUERY', 'POST'])('%s: are passed on, and never given for the whole', async (method) => {
    const { headers } = WHOLE
    const part = { status: 206, headers: { ...headers, 'content-range': 'bytes 2-4/10' }, body: '234' }
    const site = originAt(open(), [part, WHOLE], { methods: [method as 'QUERY' | 'POST'] })
    const asking = { method, body: 'which' }
    const passed = await site.get('/page', { ...asking, ...ask('bytes=2-4') })
    expect(passed).toMatchObject({ status: 206, body: '234', cache: 'fwd=uri-miss; detail=partial' })
    expect(await site.get('/page', asking)).toMatchObject({ status: 200, body: BODY })
    expect(await site.get('/page', asking)).toMatchObject({ status: 200, body: BODY, cache: 'hit; ttl=60' })
  })
})
