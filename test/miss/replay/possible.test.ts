/** What cannot be run again is known before: a wrapper around ours, and a renderer above. */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { every, except, some } from 'hono/combine'
import { jsxRenderer } from 'hono/jsx-renderer'
import { describe, expect, test } from 'vitest'
import { canReplay } from '../../../src/miss/replay.ts'
import { type Asked, always, staged, tell } from './stage.ts'

describe('what cannot be run again', () => {
  const possible = async (build: (here: () => MiddlewareHandler) => Asked) =>
    (await staged(build).early('/x')).possible
  const handler = (c: Context) => c.text('x')

  test.each<[string, (ours: MiddlewareHandler) => MiddlewareHandler]>([
    ['every()', (ours) => every(always, ours)],
    ['some()', (ours) => some(ours, always)],
    ['except()', (ours) => except('/y', ours)],
    ['a middleware that calls it', (ours) => (c, next) => ours(c, next)],
  ])('is the rest of a route from within %s', async (_, wrap) => {
    expect(await possible((here) => new Hono().get('/x', wrap(here()), handler))).toBe(false)
    expect(await possible((here) => new Hono().get('/x', wrap(always), here(), handler))).toBe(true)
  })

  test('is not the rest of a route in sub-apps with error handlers, which wrap it too', async () => {
    const build = (here: () => MiddlewareHandler) => {
      const sub = new Hono().onError((_, c) => c.text('a')).get('/x', here(), handler)
      return new Hono().route('/', new Hono().onError((_, c) => c.text('b')).route('/', sub))
    }
    expect(await possible(build)).toBe(true)
  })

  test('is what has no route at the index', async () => {
    const { c } = await staged((here) => new Hono().get('/x', here(), handler)).early('/x')
    expect(canReplay(c, 7, () => true)).toBe(false)
  })

  /** A middleware that sets a renderer. */
  const rendering =
    (make: (c: Context) => (content: string, ...more: unknown[]) => unknown): MiddlewareHandler =>
    async (c, next) => {
      c.setRenderer(make(c) as never)
      await next()
    }

  test.each<[string, MiddlewareHandler]>([
    ['Hono JSX with a layout', jsxRenderer(({ children }) => children as never)],
    ['Hono JSX without one', jsxRenderer()],
    [
      'a layout alone',
      async (c, next) => {
        c.setLayout((() => '') as never)
        await next()
      },
    ],
    ['text around the content', rendering((c) => (content) => c.html(`<main>${content}</main>`))],
    ['other types', rendering((c) => (content) => c.json({ content }))],
    [
      'a header',
      rendering((c) => (content) => {
        c.header('x-rendered', 'yes')
        return c.html(content)
      }),
    ],
    [
      'a status',
      rendering((c) => (content) => {
        c.status(201)
        return c.html(content)
      }),
    ],
    [
      'a header of the request',
      rendering((c) => (content) => {
        c.req.header('hx-request')
        return c.html(content)
      }),
    ],
    [
      'a variable',
      rendering((c) => (content) => {
        c.var
        return c.html(content)
      }),
    ],
    [
      'the environment',
      rendering((c) => (content) => {
        c.env
        return c.html(content)
      }),
    ],
    ['something else', rendering((c) => () => c.html('else'))],
    ['two arguments', rendering((c) => (content) => c.html(content, 201))],
    ['nothing of the Context', rendering(() => (content) => new Response(content))],
    ['a promise', rendering((c) => async (content) => c.html(content))],
    ['a promise that fails', rendering(() => async () => Promise.reject(new Error('unseen')))],
  ])('is what comes below a renderer: %s', async (_, renderer) => {
    const answered = await staged((here) => new Hono().get('/x', renderer, here(), handler)).early('/x')
    expect(answered.possible).toBe(false)
    expect(await tell(answered.c.res)).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: 'early',
    })
  })

  test('is not what has a renderer of its own below, or none', async () => {
    const { both } = staged((here) => {
      const main = rendering((c) => (content) => c.html(`<main>${content}</main>`))
      return new Hono()
        .use(here())
        .get('/own', main, (c) => c.render('content'))
        .get('/none', (c) => c.render('content'))
    })
    expect(await both('/own')).toBe('<main>content</main>')
    expect(await both('/none')).toBe('content')
  })

  test('leaves the Context as it was found, with a renderer and without', async () => {
    for (const renderer of [always, rendering((c) => (content) => c.html(`<p>${content}</p>`))]) {
      const app = new Hono().get('/x', renderer, async (c) => {
        const members = () => Object.getOwnPropertyDescriptors(c)
        const before = members()
        canReplay(c, 0, () => true)
        expect(members()).toEqual(before)
        return c.render('still')
      })
      expect(await (await app.request('/x')).text()).toBe(renderer === always ? 'still' : '<p>still</p>')
    }
  })
})
