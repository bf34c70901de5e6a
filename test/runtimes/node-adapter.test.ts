/** What a hit is on the wire of Node's adapter, which writes headers in ways of its own: what the miss was. */
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, Hono } from 'hono'
import { timeout } from 'hono/timeout'
import { afterEach, describe, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { gate, until } from '../support/gate.ts'
import { type Running, run } from '../support/running.ts'
import { openSite } from '../support/site.ts'

let running: Running | undefined

afterEach(async () => {
  await running?.stop()
  running = undefined
})

/** Runs an app with a cache, and asks for its page until that is a hit. */
async function missAndHit(build: (app: Hono) => void) {
  const site = openSite({ store: memoryStore() })
  build(site.app)
  running = await run(site.app)
  const miss = await running.get('/page')
  expect(miss.cache).toBe('fwd=uri-miss; stored')
  await site.settle()
  const hit = await running.get('/page')
  expect(hit.cache).toMatch(/^hit; /)
  return { miss, hit }
}

const BODIES: [string, BodyInit, string][] = [
  ['a text', 'tea', 'text/plain'],
  ['an empty text', '', 'text/plain'],
  ['bytes', new Uint8Array([1, 2, 255]), 'application/octet-stream'],
]

describe.each(BODIES)('beside %s', (_, body, type) => {
  test.each([
    // As `fetch()` gives it: each byte of UTF-8 is a character.
    ['content-disposition', `attachment; filename="${latin1('čaj.txt')}"`],
    ['content-disposition', `attachment; filename="${latin1('日本.txt')}"`],
    ['content-disposition', 'attachment; filename="caf\xe9.txt"'],
    ['x-name', 'caf\xe9'],
    ['x-name', latin1('čaj')],
  ])('a value that is not ASCII has the bytes that it was made of: %s: %s', async (name, value) => {
    const { miss, hit } = await missAndHit((app) =>
      app.get(
        '/page',
        cache(),
        () => new Response(body, { headers: { 'content-type': type, [name]: value } }),
      ),
    )
    expect(miss.headers.get(name)).toBe(value)
    expect(hit).toMatchObject({ status: 200, body: miss.body })
    expect(hit.headers.get(name)).toBe(value)
  })

  test('so has one that middleware above sets', async () => {
    const { hit } = await missAndHit((app) => {
      app.use(async (c, next) => {
        c.header('x-above', 'caf\xe9')
        await next()
      })
      app.get('/page', cache(), () => new Response(body, { headers: { 'content-type': type } }))
    })
    expect(hit.headers.get('x-above')).toBe('caf\xe9')
  })
})

test.each([
  ['text', new TextEncoder().encode('<script>alert(1)</script>')],
  ['no text', new Uint8Array([60, 98, 62, 255])],
])('bytes without a type that are %s get the type that the adapter gives them', async (_, body) => {
  const { miss, hit } = await missAndHit((app) => app.get('/page', cache(), () => new Response(body)))
  expect(miss.headers.get('content-type')).toMatch(/^text\/plain/)
  expect(hit.headers.get('content-type')).toBe(miss.headers.get('content-type'))
  const part = await running!.get('/page', { headers: { range: 'bytes=0-1' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-type')).toBe(miss.headers.get('content-type'))
})

test.each([204, 205])(
  'an empty text for a %i, which the adapter takes, is no error with a cache',
  async (status) => {
    const { miss, hit } = await missAndHit((app) => {
      const headers = { 'x-made': '1' }
      app.get('/page', cache({ expire: { [status]: 60 } }), () => new Response('', { status, headers }))
      app.delete('/page', cache(), () => new Response('', { status }))
    })
    expect(miss).toMatchObject({ status, body: '' })
    expect(hit).toMatchObject({ status, body: '' })
    expect(hit.headers.get('x-made')).toBe('1')
    const past = await running!.get('/page', { method: 'DELETE' })
    expect(past).toMatchObject({ status, cache: 'fwd=method' })
  },
)

test('what middleware above changes behind a hit is kept, whatever else is asked of the response', async () => {
  const { hit } = await missAndHit((app) => {
    app.use(async (c, next) => {
      await next()
      c.res.headers.set('x-after', '1')
      c.res = new Response(c.res.body, c.res)
    })
    app.get('/page', cache(), (c) => c.text('page', 200, { 'x-stored': '1' }))
  })
  expect(Object.fromEntries(hit.headers)).toMatchObject({ 'x-after': '1', 'x-stored': '1' })
})

test.each<[string, (c: Context) => unknown]>([
  ['its body, through Hono', (c) => c.req.text()],
  ['its body', (c) => c.req.raw.body],
  ['its signal', (c) => c.req.raw.signal.aborted],
])('a route that reads of its request %s has read no header', async (_, read) => {
  const { hit } = await missAndHit((app) => {
    app.use(async (c, next) => {
      // As the adapter did until 1.19: it makes the whole request for that, too.
      const { raw } = c.req
      const get = () => new Request(raw.url, { headers: raw.headers }).signal
      Object.defineProperty(raw, 'signal', { get, configurable: true })
      await next()
    })
    app.get('/page', cache(), async (c) => {
      await read(c)
      return c.text('page')
    })
  })
  expect(hit.headers.get('vary')).toBeNull()
})

const SENT =
  'not-stored GET /page {reason: error, detail: its body was read or sent already, or cannot be copied}'

describe('behind the back of timeout(), which has answered', () => {
  /** An app whose page waits at a gate, and is given up by then. */
  async function giveUp(method: string, requests: number) {
    const site = openSite({ store: memoryStore(), serverTiming: true })
    const slow = gate()
    const errors: string[] = []
    let ended = 0
    site.app.use(timeout(1), async (_, next) => {
      await next()
      ended++
    })
    site.app.all('/page', cache(), async (c) => {
      await slow.pass()
      return c.text('page')
    })
    // As Hono's own does: what the adapter sends then is a stream.
    site.app.onError((error, c) => {
      errors.push(error.message)
      return c.newResponse(new Response(error.message).body, 504)
    })
    running = await run(site.app)
    const { get } = running
    const answers = await Promise.all(Array.from({ length: requests }, () => get('/page', { method })))
    slow.open()
    await until(() => ended === requests)
    return { answers, errors, told: site.transcript() }
  }
  const given = { status: 504, body: 'Gateway Timeout' }

  test.each([
    ['GET', ['miss GET /page {reason: uri-miss}', SENT]],
    ['POST', ['bypass POST /page {reason: method}']],
  ])('a %s that goes on is no error of its own', async (method, transcript) => {
    const { answers, errors, told } = await giveUp(method, 1)
    expect(answers).toMatchObject([given])
    expect(errors).toEqual([given.body])
    expect(told).toEqual(transcript)
  })

  test('one that waits for the answer of another is none either, and does not run the handler for nobody', async () => {
    const { answers, errors, told } = await giveUp('GET', 3)
    expect(answers).toMatchObject([given, given, given])
    expect(errors).toEqual([given.body, given.body, given.body])
    expect(told.slice(3).sort()).toEqual([
      'not-stored GET /page {reason: cut-short, detail: its client has gone}',
      'not-stored GET /page {reason: cut-short, detail: its client has gone}',
      SENT,
    ])
  })

  /** A page that is stale at once, asked for once more by a request whose look-up waits at a gate. */
  test.each([
    ['GET', [], ['not-stored GET /page {reason: cut-short, detail: its client has gone}']],
    ['POST', ['POST'], ['bypass POST /page {reason: method}']],
  ])(
    'a %s that is looked up meanwhile is none, nor does it lose a write',
    async (method, asked, transcript) => {
      const store = memoryStore()
      const slow = gate()
      let waits = false
      const site = openSite({
        store: {
          ...store,
          async lookUp(query) {
            if (waits) await slow.pass()
            return store.lookUp(query)
          },
        },
      })
      const errors: string[] = []
      const ran: string[] = []
      let ended = 0
      site.app.use(
        (c, next) => (waits ? timeout(1)(c, next) : next()),
        async (_, next) => {
          await next()
          ended++
        },
      )
      site.app.all('/page', cache({ policy: 'standard' }), (c) => {
        ran.push(c.req.method)
        return c.text('page', 200, { 'cache-control': 'max-age=0, stale-while-revalidate=60' })
      })
      site.app.onError((error, c) => {
        errors.push(error.message)
        return c.newResponse(new Response(error.message).body, 504)
      })
      running = await run(site.app)
      await running.get('/page')
      await site.settle()
      site.transcript()
      waits = true
      expect(await running.get('/page', { method })).toMatchObject(given)
      slow.open()
      await until(() => ended === 2)
      await site.settle()
      expect(errors).toEqual([given.body])
      expect(ran).toEqual(['GET', ...asked])
      expect(site.transcript()).toEqual(transcript)
    },
  )
})

test.each([{}, { autoVary: false }])(
  'what was given in the place of a slow page is not stored as it: %o',
  async (options) => {
    const site = openSite({ store: memoryStore() })
    const slow = gate()
    const ended = gate()
    site.app.use(async (c, next) => {
      const page = next().then(ended.pass)
      return await Promise.race([page, slow.arrived.then(() => c.text('soon'))])
    })
    site.app.get('/page', cache(options), async (c) => {
      await slow.pass()
      return c.text('page')
    })
    running = await run(site.app)
    const { get } = running
    expect(await get('/page')).toMatchObject({ status: 200, body: 'soon' })
    slow.open()
    await ended.arrived
    await site.settle()
    expect(site.transcript()).toEqual(['miss GET /page {reason: uri-miss}', SENT])
  },
)

test.each([{ autoVary: false }, { policy: 'standard' as const, expire: 60 }])(
  'what a route has sent past Hono is not stored, lest the next client waits for it for ever: %o',
  async (options) => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(options), (c) => {
      const { outgoing } = c.env as HttpBindings
      outgoing.end('page')
      return RESPONSE_ALREADY_SENT
    })
    running = await run(site.app)
    for (const _ of [1, 2]) {
      expect(await running.get('/page')).toMatchObject({ status: 200, body: 'page' })
      await site.settle()
      expect(site.transcript()).toEqual(['miss GET /page {reason: uri-miss}', SENT])
    }
  },
)

function latin1(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}
