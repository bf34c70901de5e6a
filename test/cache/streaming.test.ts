/** Storing while streaming: the client waits for nothing, and nothing is stored that is not whole. */
import { stream, streamText } from 'hono/streaming'
import { expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { nextTurn } from '../support/gate.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Without a handler of ours, Hono's stream helpers write what they swallow to the console. */
const swallow = async () => {}

/** A body that a test makes, chunk by chunk. */
function handMade() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {
    highWaterMark: 100,
  })
  const writer = writable.getWriter()
  return {
    body: readable,
    write: (text: string) => writer.write(bytes(text)),
    end: () => writer.close(),
    break: (reason: unknown) => writer.abort(reason),
  }
}

onBothStores('streaming', (open) => {
  test('the client has the first chunk before the last is made', async () => {
    const site = open()
    const made = handMade()
    site.app.get('/slow', cache(), (c) => c.body(made.body))

    const response = await site.fetch('/slow')
    const reader = response.body!.getReader()
    await made.write('first ')
    expect(await reader.read()).toMatchObject({ value: bytes('first ') })
    expect(site.transcript()).toEqual(['miss GET /slow {reason: uri-miss}'])

    await made.write('last')
    await made.end()
    expect(await reader.read()).toMatchObject({ value: bytes('last') })
    await site.settle()
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "stored GET /slow {seconds: 60}",
      ]
    `)
    expect(await site.get('/slow')).toMatchObject({ body: 'first last', cache: 'hit; ttl=60' })
  })

  test('what the client never reads is stored all the same', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache(), (c) => c.text(made()))
    await site.fetch('/page')
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })

  test('a client that goes away in mid-body does not keep the rest from being stored', async () => {
    const site = open()
    const made = handMade()
    site.app.get('/slow', cache(), (c) => c.body(made.body))
    const response = await site.fetch('/slow')
    await made.write('first ')
    // Of the two branches of a body, cancelling one resolves only when the other ends.
    void response.body!.cancel()
    await made.write('last')
    await made.end()
    await site.settle()
    expect(await site.get('/slow')).toMatchObject({ body: 'first last', cache: 'hit; ttl=60' })
  })

  test('a client that goes away from a body that stands still is made known to its source, a minute late', async () => {
    const site = open()
    let cancelled = false
    const source = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(bytes('first')),
        cancel() {
          cancelled = true
        },
      })
    site.app.get('/feed', cache(), (c) => c.body(source()))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const response = await site.fetch('/feed')
    const [giveUp] = timers.mock.calls.find(([, ms]) => ms === 60_000)!
    timers.mockRestore()
    response.body!.cancel().catch(() => {})
    giveUp()
    await site.settle()
    expect(cancelled).toBe(true)
    expect(site.transcript().at(-1)).toBe(
      'not-stored GET /feed {reason: cut-short, detail: it took more than 60 seconds}',
    )
  })

  test('a body of just maxBodyBytes is stored, one byte more goes through unstored', async () => {
    const site = open()
    site.app.get('/:size', cache({ maxBodyBytes: 1000 }), (c) =>
      c.text('x'.repeat(Number(c.req.param('size')))),
    )
    await site.get('/1000')
    expect((await site.get('/1000')).cache).toBe('hit; ttl=60')
    site.transcript()
    const large = await site.get('/1001')
    expect(large.body).toHaveLength(1001)
    expect((await site.get('/1001')).cache).toBe('fwd=uri-miss; stored')
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /:size {reason: uri-miss}",
        "not-stored GET /:size {reason: too-large}",
        "miss GET /:size {reason: uri-miss}",
        "not-stored GET /:size {reason: too-large}",
      ]
    `)
  })

  test('where its Content-Length says so it is not copied, nor called stored', async () => {
    const site = open()
    site.app.get('/large', cache({ maxBodyBytes: 3, cacheControl: 'max-age=9' }), (c) =>
      c.body('four', 200, { 'content-length': '4' }),
    )
    const { body, cache: told, headers } = await site.get('/large')
    expect([body, told]).toEqual(['four', 'fwd=uri-miss; detail=too-large'])
    expect(headers.has('cache-control')).toBe(false)
    expect(site.transcript().at(-1)).toBe('not-stored GET /large {reason: too-large}')
  })

  test('a copy that grew too large is given up while the client reads on', async () => {
    const site = open()
    const made = handMade()
    site.app.get('/endless', cache({ maxBodyBytes: 10 }), (c) => c.body(made.body))
    const response = await site.fetch('/endless')
    await made.write('more than ten bytes')
    await site.settle()
    expect(site.transcript()).toContain('not-stored GET /endless {reason: too-large}')
    await made.write(', and more')
    await made.end()
    expect(await response.text()).toBe('more than ten bytes, and more')
  })

  test('a body without end ends with its client, once no copy of it is made any more', async () => {
    const site = open()
    let made: ReadableStreamDefaultController<Uint8Array> | undefined
    let cancelled = false
    site.app.get('/ticks', cache(), (c) =>
      c.body(
        new ReadableStream<Uint8Array>({
          start(controller) {
            made = controller
          },
          cancel() {
            cancelled = true
          },
        }),
      ),
    )
    const response = await site.fetch('/ticks')
    made!.enqueue(bytes('tick'))
    const gone = response.body!.cancel()
    pass(60)
    made!.enqueue(bytes('tick'))
    await nextTurn()
    expect(cancelled).toBe(false)
    pass(1)
    made!.enqueue(bytes('tick'))
    await gone
    expect(cancelled).toBe(true)
    await site.settle()
    expect(site.transcript()).toEqual([
      'miss GET /ticks {reason: uri-miss}',
      'not-stored GET /ticks {reason: cut-short, detail: it took more than 60 seconds}',
    ])
  })

  test('a client that stays has all of it, long after its copy was given up', async () => {
    const site = open()
    const made = handMade()
    site.app.get('/slow', cache(), (c) => c.body(made.body))
    const response = await site.fetch('/slow')
    await made.write('first ')
    pass(61)
    await made.write('second ')
    await site.settle()
    expect(site.transcript().at(-1)).toContain('not-stored GET /slow {reason: cut-short')
    await made.write('last')
    await made.end()
    expect(await response.text()).toBe('first second last')
  })

  test('a body that breaks off is not stored', async () => {
    const site = open()
    const made = handMade()
    site.app.get('/broken', cache(), (c) => c.body(made.body))
    const response = await site.fetch('/broken')
    const failed = expect(response.text()).rejects.toThrow()
    await made.write('half')
    await made.break(new Error('the database went away'))
    await failed
    await site.settle()
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /broken {reason: uri-miss}",
        "not-stored GET /broken {reason: cut-short}",
      ]
    `)
  })

  test('a body of strings goes through, is no more than looked at, and is not stored', async () => {
    const site = open()
    let pulled = 0
    site.app.get('/strings', cache({ maxBodyBytes: 10 }), () => {
      const source = { pull: (made: ReadableStreamDefaultController) => made.enqueue(`chunk ${++pulled}`) }
      return new Response(new ReadableStream(source))
    })
    const reader = (await site.fetch('/strings')).body!.getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'chunk 1' })
    await site.settle()
    expect(site.transcript()).toEqual([
      'miss GET /strings {reason: uri-miss}',
      'not-stored GET /strings {reason: cut-short, detail: a chunk is no Uint8Array}',
    ])
    await reader.cancel()
    expect(pulled).toBeLessThan(5)
  })

  test("an error that Hono's streamText() swallows does not leave half a page in the cache", async () => {
    const site = open()
    let failing = true
    site.app.get('/report', cache(), (c) =>
      streamText(
        c,
        async (out) => {
          await out.write('half, ')
          if (failing) throw new Error('the database went away')
          await out.write('and the rest')
        },
        swallow,
      ),
    )
    expect(await site.get('/report')).toMatchObject({
      body: 'half, ',
      cache: 'fwd=uri-miss; detail=transfer-encoding',
    })
    failing = false
    expect((await site.get('/report')).body).toBe('half, and the rest')
  })

  test('a bare stream() cannot be told from a whole body: skip() in its error handler keeps half a page out', async () => {
    const site = open()
    let failing = true
    site.app.get('/report', cache(), (c) =>
      stream(
        c,
        async (out) => {
          await out.write('half, ')
          if (failing) throw new Error('the database went away')
          await out.write('and the rest')
        },
        async () => c.get('cache').skip('broken'),
      ),
    )
    expect((await site.get('/report')).body).toBe('half, ')
    failing = false
    expect((await site.get('/report')).body).toBe('half, and the rest')
    expect(await site.get('/report')).toMatchObject({ body: 'half, and the rest', cache: 'hit; ttl=60' })
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "miss GET /report {reason: uri-miss}",
        "not-stored GET /report {reason: skipped, detail: broken}",
        "miss GET /report {reason: uri-miss}",
        "stored GET /report {seconds: 60}",
        "hit GET /report {ttl: 60}",
      ]
    `)
  })

  test('a handler that fails while it streams may set c.error until the body ends', async () => {
    const site = open()
    site.app.get('/report', cache(), (c) =>
      stream(c, async (out) => {
        await out.write('half')
        c.error = new Error('the database went away')
      }),
    )
    expect((await site.get('/report')).body).toBe('half')
    expect(site.transcript()).toEqual([
      'miss GET /report {reason: uri-miss}',
      'not-stored GET /report {reason: error}',
    ])
  })

  test("a handler's own Transfer-Encoding keeps its body out", async () => {
    const site = open()
    site.app.get('/raw', cache(), (c) => c.body('made', 200, { 'transfer-encoding': 'chunked' }))
    expect((await site.get('/raw')).cache).toBe('fwd=uri-miss; detail=transfer-encoding')
    expect(site.transcript()).toEqual([
      'miss GET /raw {reason: uri-miss}',
      'not-stored GET /raw {reason: transfer-encoding}',
    ])
  })

  test('the answer of an error handler is not stored, whatever its status', async () => {
    const site = open()
    site.app.onError((_, c) => c.text('sorry', 200))
    site.app.get('/failing', cache({ expire: { 200: 60, 500: 60 } }), () => {
      throw new Error('the database went away')
    })
    expect(await site.get('/failing')).toMatchObject({ body: 'sorry', cache: 'fwd=uri-miss; detail=error' })
    expect(await site.get('/failing')).toMatchObject({ cache: 'fwd=uri-miss; detail=error' })
  })
})
