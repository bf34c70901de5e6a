/** Routers inside routers, combined middleware, and handlers that fail. */
import { type Context, Hono } from 'hono'
import { every, except, some } from 'hono/combine'
import { getCookie } from 'hono/cookie'
import { HTTPException } from 'hono/http-exception'
import { mount } from 'hono/mount'
import type { Env, Way } from './ways.ts'

const COOKIE = { outcome: ['reads-cookie'], anonymous: 'stored' } as const
const LANGUAGE = { outcome: 'stored', learned: ['header accept-language'] } as const
const WHOLE = { outcome: ['reads-raw-request', 'reads-all-headers'] } as const

export const composed: Readonly<Record<string, Way>> = {
  'a header in a nested router': {
    register(app, path, cached) {
      const inner = new Hono<Env>()
      inner.get('/', (c) => c.json([c.req.header('accept-language')]))
      const middle = new Hono<Env>()
      middle.use(cached)
      middle.route('/', inner)
      app.route(path, middle)
    },
    ...LANGUAGE,
  },
  'a cookie in middleware below': {
    register(app, path, cached) {
      app.get(
        path,
        cached,
        async (c, next) => {
          c.set('mine', getCookie(c, 'session') ?? '')
          await next()
        },
        (c) => c.json([c.get('mine')]),
      )
    },
    ...COOKIE,
  },
  'a cookie in middleware below, after the handler': {
    register(app, path, cached) {
      app.get(
        path,
        cached,
        async (c, next) => {
          await next()
          c.res = Response.json([getCookie(c, 'session')])
        },
        (c) => c.text('replaced'),
      )
    },
    ...COOKIE,
  },
  'every() around cache()': {
    register: (app, path, cached) =>
      void app.get(
        path,
        every(cached, async (c, next) => {
          c.set('mine', c.req.header('accept-language') ?? '')
          await next()
        }),
        (c) => c.json([c.get('mine')]),
      ),
    ...LANGUAGE,
  },
  'every() below, with a cookie': {
    register: (app, path, cached) =>
      void app.get(
        path,
        cached,
        every(async (c, next) => {
          c.set('mine', c.req.header('cookie') ?? '')
          await next()
        }),
        (c) => c.json([c.get('mine')]),
      ),
    ...COOKIE,
  },
  'some() below, with a cookie': {
    register: (app, path, cached) =>
      void app.get(
        path,
        cached,
        some(
          (c: Context) => c.req.header('cookie') === undefined,
          async (_c, next) => next(),
        ),
        (c) => c.text('nothing'),
      ),
    ...COOKIE,
  },
  'except() around cache()': {
    register: (app, path, cached) =>
      void app.get(
        path,
        except((c) => c.req.query('never') === 'true', cached),
        (c) => c.json([c.req.header('accept-language')]),
      ),
    ...LANGUAGE,
  },
  'a handler that throws': {
    read: (c) => {
      throw new Error(`no ${c.req.header('cookie')}`)
    },
    outcome: ['error', 'reads-cookie'],
  },
  'a handler that throws a response': {
    read: (c) => {
      throw new HTTPException(200 as never, { res: new Response(`for ${c.req.header('cookie')}`) })
    },
    outcome: ['error', 'reads-cookie'],
  },
  'an error handler of a sub-app': {
    register(app, path, cached) {
      const inner = new Hono<Env>()
      inner.onError((_error, c) => c.text(`for ${c.req.header('cookie')}`, 200))
      inner.get('/', cached, () => {
        throw new Error('it failed')
      })
      app.route(path, inner)
    },
    outcome: ['error', 'reads-cookie'],
  },
  'an error handler of a sub-app below': {
    register(app, path, cached) {
      const inner = new Hono<Env>()
      inner.onError((_error, c) => c.text(`for ${c.req.header('cookie')}`, 200))
      inner.get('/', () => {
        throw new Error('it failed')
      })
      app.use(path, cached)
      app.route(path, inner)
    },
    outcome: ['error', 'reads-cookie'],
  },
  'a mounted app': {
    register(app, path, cached) {
      const inner = new Hono()
      inner.get('*', (c) => c.json(['cookie', 'accept-language'].map((name) => c.req.header(name))))
      app.get(path, cached, mount(inner.fetch, { replaceRequest: false }))
    },
    ...COOKIE,
  },
  'a mounted app that is given a copy': {
    register(app, path, cached) {
      const inner = new Hono()
      inner.get('*', (c) => c.json(['cookie', 'accept-language'].map((name) => c.req.header(name))))
      app.get(
        path,
        cached,
        mount(inner.fetch, { replaceRequest: (raw) => new Request(new URL(raw.url), raw) }),
      )
    },
    ...WHOLE,
  },
  'a request to the app itself': {
    register(app, path, cached) {
      const inner = new Hono()
      inner.get('*', (c) => c.json([c.req.header('cookie'), c.req.header('accept-language')]))
      app.get(path, cached, async (c) => c.body(await (await inner.request('/', c.req.raw)).text()))
    },
    ...WHOLE,
  },
  'a variable that a renderer above reads': {
    register(app, path, cached) {
      app.use(path, async (c, next) => {
        c.setRenderer((content) => c.html(`${content} for ${c.get('user')?.id}`))
        await next()
      })
      app.get(path, cached, (c) => c.render('page'))
    },
    outcome: 'stored',
    learned: ['var user'],
  },
}
