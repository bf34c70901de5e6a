/**
 * Whoever asks, and whoever asked before, the answer is what it would be without a cache. Each test is named after what
 * went wrong, or would.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { validator } from 'hono/validator'
import { describe, expect, test } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'
import { type Attempt, attempt, headersOf, PEOPLE, whoIs } from './attempt.ts'
import { attempts, tick } from './attempts.ts'

fakeDate()

test.each(Object.entries(attempts))('%s', async (_, attempted) => {
  const { cached, true: expected } = await attempt(attempted)
  expect(cached).toEqual(expected)
  // Else nothing could have gone wrong.
  expect(new Set(expected).size).toBeGreaterThan(1)
})

describe('what nobody can see does leak, as the README says', () => {
  test.each<[string, Attempt]>([
    [
      'a user in a closure',
      (() => {
        let user = ''
        return {
          above: async (c, next) => {
            user = whoIs(c)
            await next()
          },
          handler: (c) => c.text(`for ${user}`),
        }
      })(),
    ],
    [
      'a header that was set above, read back from c.res',
      {
        above: async (c, next) => {
          c.header('x-for', whoIs(c))
          await next()
        },
        handler: (c) => c.text(`for ${c.res.headers.get('x-for')}`),
      },
    ],
    [
      'a user that a validator above puts among the data of the query',
      {
        above: validator('query', (_, c) => ({ user: whoIs(c) })) as MiddlewareHandler,
        handler: (c) => c.text(`for ${(c.req.valid('query' as never) as { user: string }).user}`),
      },
    ],
  ])('%s', async (_, attempted) => {
    const { cached } = await attempt(attempted)
    expect(new Set(cached)).toEqual(new Set(['for alice']))
  })
})

test('bindings work as they do without a cache: frozen ones, and classes with members of their own', async () => {
  class Database {
    static open = () => new Database()
    #rows = 1
    rows() {
      return this.#rows
    }
  }
  const env = () => Object.freeze({ incoming: {}, Database, database: new Database(), run: () => 'ran' })
  const { cached, true: expected } = await attempt({
    env,
    handler: (c) => {
      const { Database: Class, database, run } = c.env as ReturnType<typeof env>
      return c.text(`${Class.open().rows()} ${database.rows()} ${run()} ${whoIs(c)}`)
    },
  })
  expect(cached).toEqual(expected)
})

test('that the request was handed on whole is not forgotten when some of it is read next', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    const copy = new Request(c.req.raw)
    return c.text(`${c.req.raw.bodyUsed} for ${copy.headers.get('user-agent')}`)
  })
  const ask = async (agent: string) => (await site.get('/page', { headers: { 'user-agent': agent } })).body
  expect([await ask('phone'), await ask('desk')]).toEqual(['false for phone', 'false for desk'])
})

test('a binding beside what belongs to the request is for all', async () => {
  const env = (who: string) => ({ incoming: { user: who }, app: 'shop' })
  const { site } = await attempt({ env, handler: (c) => c.text((c.env as ReturnType<typeof env>).app) })
  expect(site.transcript().at(-1)).toMatch(/^hit/)
})

describe('bindings that may not be listed', () => {
  const fail = () => {
    throw new Error('they may not be listed')
  }
  const env = (who: string) => new Proxy({ incoming: { user: who }, app: 'shop' }, { ownKeys: fail })
  type Bindings = ReturnType<typeof env>

  test('what belongs to the request of Alice is not given to Bob', async () => {
    const { cached, true: expected } = await attempt({
      env,
      handler: (c) => c.text(`for ${(c.env as Bindings).incoming.user}`),
    })
    expect(cached).toEqual(expected)
  })

  test('what does not may be read all the same', async () => {
    const { site } = await attempt({ env, handler: (c) => c.text((c.env as Bindings).app) })
    expect(site.transcript().at(-1)).toMatch(/^hit/)
  })
})

test('an execution context that has the request beside it keeps work alive all the same', async () => {
  const { site } = await attempt({
    executionCtx: () => ({ waitUntil() {}, request: new Request('http://localhost/') }),
    handler: (c) => {
      c.executionCtx.waitUntil(Promise.resolve())
      return c.text('page')
    },
  })
  expect(site.transcript().at(-1)).toMatch(/^hit/)
})

test('the validator of Alice’s page does not confirm Bob’s', async () => {
  const { site } = await attempt({ handler: (c) => c.text(`for ${c.req.header('x-user')}`) })
  const hers = await site.get('/page', { headers: headersOf('alice') })
  const his = await site.get('/page', {
    headers: { ...headersOf('bob'), 'if-none-match': hers.headers.get('etag')! },
  })
  expect(his).toMatchObject({ status: 200, body: 'for bob', cache: 'hit; ttl=60' })
})

test('HEAD of Alice leaves nothing that Bob could be given', async () => {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => c.text(`for ${c.req.header('x-user')}`))
  await site.get('/page', { method: 'HEAD', headers: headersOf('alice') })
  expect((await site.get('/page', { headers: headersOf('bob') })).body).toBe('for bob')
})

test('two that grow one record at once: each later answer is its own', async () => {
  const site = openSite({ store: memoryStore() })
  const gates: (() => void)[] = []
  site.app.get('/page', cache(), async (c) => {
    const kind = c.req.header('x-kind')
    if (gates.length < 2) await new Promise<void>((open) => gates.push(open))
    return c.text(`${kind} ${c.req.header(kind === 'a' ? 'x-a' : 'x-b')}`)
  })
  const ask = (kind: string, value: string) =>
    site.get('/page', { headers: { 'x-kind': kind, [`x-${kind}`]: value } })
  const both = [ask('a', '1'), ask('b', '1')]
  while (gates.length < 2) await tick()
  gates.push(() => {})
  for (const open of gates.toReversed()) open()
  await Promise.all(both)
  for (const value of ['2', '1', '3']) {
    for (const kind of ['a', 'b']) expect((await ask(kind, value)).body).toBe(`${kind} ${value}`)
  }
})

describe('two cache() hidden in every()', () => {
  const names = (c: Context) => [c, c.req, c.req.raw].flatMap((target) => Object.getOwnPropertyNames(target))

  test.each([
    ['at once', (text: () => string) => new Response(text())],
    [
      'late',
      (text: () => string) =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await tick()
              controller.enqueue(new TextEncoder().encode(text()))
              controller.close()
            },
          }),
        ),
    ],
  ])('a cookie read %s is noticed, and all is put back', async (_, respond) => {
    const pending: Promise<unknown>[] = []
    const app = new Hono()
    const events: string[] = []
    app.use(
      redisCache({
        store: memoryStore(),
        onEvent: ({ type }) => events.push(type),
        waitUntil: (promise) => pending.push(promise),
      }),
    )
    let context: Context | undefined
    let before: string[] = []
    app.use(async (c, next) => {
      context = c
      before = names(c)
      await next()
    })
    app.get('/page', every(cache(), cache()), (c) => respond(() => `for ${c.req.header('cookie')}`))
    for (const who of PEOPLE) {
      events.length = 0
      const body = await (await app.request('/page', { headers: headersOf(who) })).text()
      await Promise.all(pending.splice(0))
      expect(body).toBe(`for ${headersOf(who).cookie}`)
      expect(names(context!)).toEqual(before)
      expect(context!.req.header('cookie')).toBe(headersOf(who).cookie)
      if (headersOf(who).cookie) expect(events).not.toContain('stored')
    }
  })
})
