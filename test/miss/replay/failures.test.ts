/** A run in the background that fails has no answer: none that it makes of its failure may be taken for one. */
import { Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { validator } from 'hono/validator'
import { describe, expect, test } from 'vitest'
import { replay } from '../../../src/miss/replay.ts'
import { noting, requestOf, staged, type Told, tell } from './stage.ts'

describe('what goes wrong', () => {
  /** Runs the rest of a route that fails: what `run` saw of it, and what came of it. */
  async function failing(build: Parameters<typeof staged>[0]) {
    const answered = await staged(build).early('/x')
    const seen: { rejected?: unknown; error?: unknown; told?: Promise<Told> } = {}
    const outcome = await replay(answered.c, answered.routeIndex, {
      ...answered,
      request: requestOf(answered),
      async run(c, next) {
        try {
          await next()
          seen.told = tell(c.res.clone())
        } catch (error) {
          seen.rejected = error
          throw error
        } finally {
          seen.error = c.error
        }
      },
    }).then(
      () => 'done',
      (error: unknown) => error,
    )
    expect(answered.c.error).toBeUndefined()
    return { ...seen, told: await seen.told, outcome }
  }

  const boom = new Error('boom')
  const throwing = () => {
    throw boom
  }

  test.each([
    ['an error', boom],
    ['an HTTPException', new HTTPException(503)],
  ])('%s that a handler throws comes out as it is, past the onError of the app', async (_, error) => {
    const failed = await failing((here) =>
      new Hono()
        .onError((_, c) => c.text('sorry'))
        .get('/x', here(), () => {
          throw error
        }),
    )
    expect(failed).toEqual({ rejected: error, error, outcome: error, told: undefined })
  })

  test('what is no Error comes out as well', async () => {
    const failed = await failing((here) => new Hono().get('/x', here(), () => Promise.reject('no Error')))
    expect(failed).toMatchObject({ rejected: 'no Error', outcome: 'no Error' })
  })

  test('an error that a middleware below takes for its own is still told', async () => {
    const failed = await failing((here) =>
      new Hono()
        .use('/x', here())
        .use('/x', async (c, next) => {
          try {
            await next()
          } catch {
            return c.text('all is well')
          }
        })
        .get('/x', throwing),
    )
    expect(failed).toMatchObject({ error: boom, told: { status: 200 }, outcome: 'done' })
  })

  test('a sub-app with an error handler answers for its own, ours in it or above it', async () => {
    const sub = (...handlers: MiddlewareHandler[]) =>
      new Hono()
        .onError((error, c) => c.text(`handled ${error.message} ${c.req.param('name')}`, 502))
        .use('/:name', ...handlers)
        .get('/:name', throwing)
    const nested = (here: () => MiddlewareHandler) => {
      const middle = new Hono().onError((_, c) => c.text('in the middle')).route('/', sub(here()))
      return new Hono().route('/', middle)
    }
    for (const build of [
      (here: () => MiddlewareHandler) => new Hono().route('/', sub(here())),
      (here: () => MiddlewareHandler) => new Hono().use(here()).route('/', sub()),
      nested,
    ]) {
      const failed = await failing(build)
      expect(failed).toMatchObject({
        error: boom,
        told: { status: 502, body: 'handled boom x' },
        outcome: 'done',
      })
      expect(await staged(build).both('/x')).toBe('handled boom x')
    }
  })

  test('a refused input is an error, not an answer', async () => {
    const refuse = validator('query', () => {
      throw new HTTPException(400)
    })
    const failed = await failing((here) => new Hono().get('/x', here(), refuse, (c) => c.text('x')))
    expect(failed.outcome).toBeInstanceOf(HTTPException)
  })

  test('what run throws comes out', async () => {
    const answered = await staged((here) => new Hono().get('/x', here(), (c) => c.text('x'))).early('/x')
    const run = () => Promise.reject(boom)
    await expect(
      replay(answered.c, answered.routeIndex, { ...answered, request: requestOf(answered), run }),
    ).rejects.toBe(boom)
  })

  const notFound = { message: expect.stringContaining('notFound') }
  const rescue: MiddlewareHandler = async (c, next) => {
    try {
      await next()
    } catch {
      return c.text('all is well')
    }
  }

  test.each<[string, (here: () => MiddlewareHandler) => Hono]>([
    ['that a handler calls', (here) => new Hono().get('/x', here(), (c) => c.notFound())],
    ['behind the last middleware', (here) => new Hono().use(here(), noting)],
    ['behind ours alone', (here) => new Hono().use(here())],
  ])("the app's notFound, %s, is an error, for it cannot be reached", async (_, build) => {
    const failed = await failing((here) => build(here).notFound((c) => c.text('of the app', 404)))
    expect(failed).toMatchObject({ rejected: notFound, outcome: notFound, told: undefined })
    expect(failed.error).toBe(failed.rejected)
  })

  test.each<[string, (here: () => MiddlewareHandler) => Hono]>([
    ['that a handler calls', (here) => new Hono().get('/x', here(), rescue, (c) => c.notFound())],
    ['behind the last middleware', (here) => new Hono().use(here(), rescue)],
  ])("the app's notFound, %s, is told where a middleware makes an answer of it", async (_, build) => {
    const failed = await failing((here) => build(here))
    expect(failed).toMatchObject({ error: notFound, told: { body: 'all is well' } })
  })

  test('a body that nobody wants does not run on', async () => {
    const cancelled: unknown[] = []
    const { early } = staged((here) =>
      new Hono().get('/x', here(), () => {
        const endless = { pull: (on: ReadableStreamDefaultController) => on.enqueue(Uint8Array.of(1)) }
        return new Response(
          new ReadableStream({ ...endless, cancel: () => void cancelled.push('cancelled') }),
        )
      }),
    )
    const answered = await early('/x')
    await replay(answered.c, answered.routeIndex, {
      ...answered,
      request: requestOf(answered),
      run: (_, next) => next(),
    })
    expect(cancelled).toEqual(['cancelled'])
  })

  test.each<[string, () => Response]>([
    ['that run has read itself', () => new Response('read')],
    ['that there is not', () => new Response(null)],
  ])('a body %s is left alone', async (_, handler) => {
    const answered = await staged((here) => new Hono().get('/x', here(), handler)).early('/x')
    const read: string[] = []
    await replay(answered.c, answered.routeIndex, {
      ...answered,
      request: requestOf(answered),
      async run(c, next) {
        await next()
        read.push(await c.res.text())
      },
    })
    expect(read).toEqual([await handler().text()])
  })
})
