/** The wire, seen from the other end: what is sent, and what becomes of an answer that is none. The client is the real one. */
import { Redis } from '@upstash/redis/cloudflare'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'

const URL = 'https://redis.example/'
const CLOCK = 'epoch:0'
/** In the words of Upstash. */
const NO_RIGHT = "NOPERM this user has no permissions to run the 'eval' command or its subcommand"
const NO_QUOTA =
  'ERR max requests limit exceeded. Limit: 500000, Usage: 500000. See https://upstash.com/docs/…'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

type Answering = (command: (string | number)[], request: Request) => Response | Promise<Response>

/** A store that answers so; and every request that it was sent. */
function restServer(answer: Answering): Request[] {
  const seen: Request[] = []
  server.use(
    http.post(URL, async ({ request }) => {
      seen.push(request.clone())
      return answer((await request.clone().json()) as (string | number)[], request)
    }),
  )
  return seen
}

let sites = 0
function openPage(options: object = { url: URL, token: 'secret-token' }) {
  const site = openSite({ ...options, prefix: `wire-${++sites}`, timeout: { read: 200, write: 200 } })
  const made = counter()
  site.app.get('/page', cache(), (c) => c.text(made()))
  return site
}

const reply = (result: unknown) => HttpResponse.json({ result })

/** As an empty store would. */
const empty: Answering = ([name, ...args]) =>
  reply(
    name === 'MGET' ? args.map(() => null) : String(args[0]).includes("return 'stored'") ? 'stored' : CLOCK,
  )

describe('what is sent', () => {
  test('one plain command a request, with the token and without encodings or telemetry', async () => {
    const seen = restServer(empty)
    const site = openPage()
    expect((await site.get('/page')).body).toBe('one')
    expect(seen.map(({ url }) => url)).toEqual([URL, URL, URL])
    for (const { headers } of seen) {
      expect(headers.get('authorization')).toBe('Bearer secret-token')
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.has('upstash-encoding')).toBe(false)
      expect([...headers.keys()].filter((name) => name.startsWith('upstash-telemetry'))).toEqual([])
    }
    const commands = await Promise.all(seen.map((request) => request.json()))
    expect(commands[0]).toEqual([
      'MGET',
      expect.stringMatching(/^wire-\d+:e:default:[0-9a-f]{32}$/),
      ...['clock', 'a', 'n:default', 'p:%2Fpage'].map((name) => `wire-${sites}:${name}`),
    ])
    expect(commands.slice(1).map(([name]) => name)).toEqual(['EVAL', 'EVAL'])
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /page {reason: uri-miss}",
        "stored GET /page {seconds: 60}",
      ]
    `)
  })

  test('white space around a pasted token stays behind', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const seen = restServer(empty)
    await openPage({ url: URL, token: ' secret-token\n' }).get('/page')
    expect(seen.map(({ headers }) => headers.get('authorization'))).toContain('Bearer secret-token')
    expect(warn.mock.calls).toEqual([])
    warn.mockRestore()
  })

  test('no look-up waits for a read replica to have what was stored here', async () => {
    restServer(async (command, request) => {
      // As Upstash does: the replica that is asked has not heard of the writes that the token stands for.
      if (command[0] === 'MGET' && request.headers.get('upstash-sync-token')) return new Promise(() => {})
      const { result } = (await (await empty(command, request)).json()) as { result: unknown }
      return HttpResponse.json({ result }, { headers: { 'upstash-sync-token': '7' } })
    })
    const site = openPage()
    await site.get('/page')
    expect(await site.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=uri-miss; stored' })
  })

  test('a request that gets no answer is sent once more, and no third time', async () => {
    const seen = restServer(() => HttpResponse.error())
    await openPage().get('/page')
    expect(seen).toHaveLength(2)
  })

  test('one that gets a bad answer is not', async () => {
    const seen = restServer(() => HttpResponse.json({ error: 'Internal Server Error' }, { status: 500 }))
    await openPage().get('/page')
    expect(seen).toHaveLength(1)
  })
})

describe('an answer that is none', () => {
  const FAULTS: [string, () => Response | Promise<Response>, reason: string][] = [
    ['401', () => HttpResponse.json({ error: 'Unauthorized' }, { status: 401 }), 'unauthorized'],
    ['WRONGPASS', () => HttpResponse.json({ error: 'WRONGPASS invalid' }, { status: 400 }), 'unauthorized'],
    ['no room', () => HttpResponse.json({ error: 'ERR DB capacity quota exceeded' }), 'out-of-memory'],
    ['a read-only token', () => HttpResponse.json({ error: NO_RIGHT }, { status: 400 }), 'unauthorized'],
    ['a quota used up', () => HttpResponse.json({ error: NO_QUOTA }, { status: 400 }), 'refused'],
    ['429', () => HttpResponse.json({ error: 'rate limited' }, { status: 429 }), 'failed'],
    ['500', () => HttpResponse.json({ error: 'Internal Server Error' }, { status: 500 }), 'failed'],
    ['503 with a page', () => HttpResponse.html('<h1>down</h1>', { status: 503 }), 'failed'],
    ['an error of Redis', () => HttpResponse.json({ error: 'ERR syntax' }, { status: 400 }), 'refused'],
    ['an error with status 200', () => HttpResponse.json({ error: 'ERR syntax' }), 'refused'],
    ['no network', () => HttpResponse.error(), 'failed'],
    ['a page', () => HttpResponse.html('<h1>It works!</h1>'), 'failed'],
    ['JSON cut short', () => HttpResponse.text('{"result":["a'), 'failed'],
    ['nothing', () => HttpResponse.text(''), 'failed'],
    ['JSON of another kind', () => HttpResponse.json([]), 'failed'],
    ['a bare null', () => reply(null), 'unexpected-reply'],
    ['a string', () => reply('OK'), 'unexpected-reply'],
    ['too few values', () => reply([null, CLOCK]), 'unexpected-reply'],
    ['too many values', () => reply(Array(9).fill(null)), 'unexpected-reply'],
    ['no answer', () => new Promise(() => {}), 'timeout'],
  ]

  test.each(FAULTS)('%s: the handler answers, and the event says why', async (_, fault, reason) => {
    restServer(fault)
    const site = openPage()
    expect(await site.get('/page')).toMatchObject({
      status: 200,
      body: 'one',
      cache: 'fwd=bypass; detail=store',
    })
    expect(site.transcript()).toEqual([
      `store-failed GET /page {operation: look-up, reason: ${reason}}`,
      `bypass GET /page {reason: store, detail: ${reason}}`,
    ])
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 1],
    ['an array', ['stored']],
    ['a word of another kind', 'OK'],
  ])('a commit that is answered with %s has stored nothing, as far as we know', async (_, result) => {
    restServer((command, request) =>
      JSON.stringify(command).includes("return 'stored'") ? reply(result) : empty(command, request),
    )
    const site = openPage()
    expect((await site.get('/page')).status).toBe(200)
    expect(site.transcript().slice(1)).toEqual([
      'store-failed GET /page {operation: commit, reason: unexpected-reply}',
      'not-stored GET /page {reason: store, detail: unexpected-reply}',
    ])
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 1],
  ])('a clear that is answered with %s is not confirmed', async (_, result) => {
    restServer(() => reply(result))
    const site = openPage()
    expect(await site.clear()).toBe(false)
    expect(site.transcript()[0]).toBe('store-failed POST /clear {operation: clear, reason: unexpected-reply}')
    restServer(() => reply(CLOCK))
    expect(await site.clear()).toBe(true)
  })
})

describe('a client that a user hands over, with its own defaults', () => {
  test('an aborted request that it takes for null is no miss', async () => {
    restServer(() => new Promise(() => {}))
    const redis = new Redis({ url: URL, token: 't', signal: AbortSignal.timeout(50), retry: { retries: 0 } })
    const site = openPage({ redis })
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'fwd=bypass; detail=store' })
  })

  test('one that would wait for ever is given our deadline', async () => {
    restServer(() => new Promise(() => {}))
    const site = openPage({ redis: new Redis({ url: URL, token: 't' }) })
    expect((await site.get('/page')).body).toBe('one')
    expect(site.transcript()[0]).toBe('store-failed GET /page {operation: look-up, reason: timeout}')
  })
})
