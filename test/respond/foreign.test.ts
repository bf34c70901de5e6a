/**
 * A response of a class that is not the platform's, as GraphQL Yoga gives it on Node: its Headers are no Headers and give
 * names as they were written, its body is no ReadableStream, and a clone of it reads the very same body.
 */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { nextTurn } from '../support/gate.ts'
import { type Running, run } from '../support/running.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

fakeDate()

let running: Running | undefined

afterEach(async () => {
  await running?.stop()
  running = undefined
  vi.unstubAllGlobals()
})

class ForeignHeaders {
  readonly #fields: (readonly [name: string, value: string])[]
  constructor(fields: readonly (readonly [string, string])[]) {
    this.#fields = [...fields]
  }
  #of(name: string) {
    return this.#fields.filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase())
  }
  get(name: string) {
    return this.has(name)
      ? this.#of(name)
          .map(([, value]) => value)
          .join(', ')
      : null
  }
  has(name: string) {
    return this.#of(name).length > 0
  }
  getSetCookie() {
    return this.#of('set-cookie').map(([, value]) => value)
  }
  append(name: string, value: string) {
    this.#fields.push([name, value])
  }
  delete(_: string) {}
  [Symbol.iterator]() {
    return this.#fields[Symbol.iterator]()
  }
}

/** What clones share. */
class ForeignBody {
  readonly #chunks: string[]
  readonly #cancelled: (reason: unknown) => void
  constructor(chunks: readonly string[], cancelled: (reason: unknown) => void) {
    this.#chunks = [...chunks]
    this.#cancelled = cancelled
  }
  getReader() {
    return {
      read: async () => {
        const chunk = this.#chunks.shift()
        if (chunk === 'failure') throw new Error('the source has failed')
        return { done: chunk === undefined, value: chunk && Buffer.from(chunk) }
      },
      cancel: async (reason: unknown) => this.#cancelled(reason),
    }
  }
}

class ForeignResponse {
  readonly status = 200
  readonly statusText = ''
  readonly bodyUsed = false
  readonly headers: ForeignHeaders
  readonly body: ForeignBody | null
  constructor(body: ForeignBody | null, headers: ForeignHeaders) {
    this.body = body
    this.headers = headers
  }
  clone() {
    return new ForeignResponse(this.body, this.headers)
  }
}

function foreign(
  chunks: readonly string[] | null,
  fields: readonly (readonly [string, string])[],
  cancelled: (reason: unknown) => void = () => {},
): Response {
  const body = chunks && new ForeignBody(chunks, cancelled)
  return new ForeignResponse(body, new ForeignHeaders(fields)) as unknown as Response
}

function fail(): never {
  throw new TypeError('immutable')
}

const JSON_TYPE = ['Content-Type', 'application/json'] as const

describe('a response of a foreign class', () => {
  test('reaches the client whole over HTTP, is stored, and is a hit', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), () => foreign(['{"a":', '1}'], [JSON_TYPE, ['Content-Length', '7']]))
    running = await run(site.app)
    const miss = await running.get('/page')
    await site.settle()
    const hit = await running.get('/page')
    expect(miss).toMatchObject({ status: 200, body: '{"a":1}', cache: 'fwd=uri-miss; stored' })
    expect(hit).toMatchObject({ status: 200, body: '{"a":1}', cache: 'hit; ttl=60' })
    for (const name of ['content-type', 'content-length'])
      expect(hit.headers.get(name)).toBe(miss.headers.get(name))
  })

  test('is stored where it has no body', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), () => foreign(null, [JSON_TYPE]))
    expect(await site.get('/page')).toMatchObject({ body: '', cache: 'fwd=uri-miss; stored' })
    expect(await site.get('/page')).toMatchObject({ body: '', cache: 'hit; ttl=60' })
  })

  test.each([
    ['names the coding that the app has given its body', false, 'gzip'],
    ['does not name one that the fetch() of its class has taken from it', true, null],
  ])('%s', async (_, isFixed, coding) => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), () => {
      const response = foreign(null, [['Content-Encoding', 'gzip']])
      if (isFixed) Object.defineProperty(response.headers, 'delete', { value: fail })
      return Object.assign(response, { body: new Response('body').body })
    })
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60']) {
      const answer = await site.get('/page')
      expect(answer).toMatchObject({ body: 'body', cache: cached })
      expect(answer.headers.get('content-encoding')).toBe(coding)
    }
  })

  test('is not what the platform gives where the global Headers is another one', async () => {
    vi.stubGlobal('Headers', class extends Headers {})
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), (c) => c.text('body'))
    for (const cached of ['fwd=uri-miss; stored', 'hit; ttl=60'])
      expect(await site.get('/page')).toMatchObject({ body: 'body', cache: cached })
  })

  test('is whole, and not stored, where its class is the global one and a clone is the very same', async () => {
    const NativeResponse = Response
    vi.stubGlobal(
      'Response',
      class extends NativeResponse {
        override clone() {
          return this
        }
      },
    )
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), () => new Response(new NativeResponse('body').body))
    for (let visit = 0; visit < 2; visit++)
      expect(await site.get('/page')).toMatchObject({ body: 'body', cache: 'fwd=uri-miss; detail=error' })
  })

  test('is given as it is, and not stored, where its body was read already', async () => {
    const site = openSite({ store: memoryStore() })
    const made = foreign(['body'], [JSON_TYPE])
    Object.defineProperty(made.body, 'getReader', { value: fail })
    site.app.get('/page', cache(), () => made)
    expect(await site.fetch('/page')).toBe(made)
    expect(made.headers.get('cache-status')).toBe('hono-redis-cache; fwd=uri-miss; detail=error')
    expect(site.events.at(-1)).toMatchObject({
      reason: 'error',
      detail: 'its body was read or sent already, or cannot be copied',
    })
  })

  test('gives nobody the cookie of another who asks at the same time', async () => {
    const site = openSite({ store: memoryStore() })
    let visits = 0
    site.app.get('/page', cache(), async () => {
      const visit = String(++visits)
      await nextTurn()
      return foreign([visit], [['Set-Cookie', `sid=${visit}`]])
    })
    const answers = await Promise.all(['one', 'two', 'three'].map(() => site.get('/page')))
    expect(answers.map(({ cache }) => cache)).toEqual(Array(3).fill('fwd=uri-miss; detail=set-cookie'))
    expect(new Set(answers.map(({ body }) => body)).size).toBe(3)
    for (const { body, headers } of answers) expect(headers.getSetCookie()).toEqual([`sid=${body}`])
  })

  test('varies on what its Vary names', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache({ autoVary: false }), (c) =>
      foreign([c.req.header('x-tenant')!], [JSON_TYPE, ['Vary', 'X-Tenant']]),
    )
    const ask = (tenant: string) => site.get('/page', { headers: { 'x-tenant': tenant } })
    await ask('a')
    expect(await ask('b')).toMatchObject({ body: 'b', cache: 'fwd=vary-miss; stored' })
    expect(await ask('a')).toMatchObject({ body: 'a', cache: 'hit; ttl=60' })
  })

  test('is cut short for the client where its source fails, and not stored', async () => {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), () => foreign(['half', 'failure'], [JSON_TYPE]))
    const response = await site.fetch('/page')
    await expect(response.text()).rejects.toThrow('the source has failed')
    await site.settle()
    expect(site.events.at(-1)).toMatchObject({ type: 'not-stored', reason: 'cut-short' })
  })

  test('lets its source know when the client has gone', async () => {
    const site = openSite({ store: memoryStore() })
    const gone: unknown[] = []
    site.app.get('/page', cache({ storeWhen: () => false }), () =>
      foreign(['first', 'second'], [JSON_TYPE], (reason) => gone.push(reason)),
    )
    const response = await site.fetch('/page')
    await response.body!.cancel('no time')
    expect(gone).toEqual(['no time'])
  })
})
