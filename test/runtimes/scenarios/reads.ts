/**
 * What a handler reads of its request, by every way that leads to a header: natives copy from inside, and each runtime
 * has its own.
 */
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { cache } from '../../../src/index.ts'
import { perform, type Scenario, type StageEnv } from '../stage.ts'

type Read = (c: Context<StageEnv>) => unknown

const LANGUAGE = 'accept-language'

const READS: Readonly<Record<string, Read>> = {
  'nothing of it': () => null,
  'a header': (c) => c.req.header(LANGUAGE),
  'a header of the raw request': (c) => c.req.raw.headers.get(LANGUAGE),
  'whether there is a header': (c) => c.req.raw.headers.has(LANGUAGE),
  'all headers': (c) => Object.keys(c.req.header()).length,
  'all headers, one by one': (c) => [...c.req.raw.headers].length,
  'the names of all headers': (c) => [...c.req.raw.headers.keys()].length,
  'each header': (c) => c.req.raw.headers.forEach(() => {}),
  'a copy of the headers': (c) => new Headers(c.req.raw.headers).get(LANGUAGE),
  'a clone of the request': (c) => c.req.raw.clone().headers.get(LANGUAGE),
  'headers of a request made of its headers': (c) =>
    new Request('http://else/', { headers: c.req.raw.headers }).headers.get(LANGUAGE),
  'a header, late': async (c) => {
    await Promise.resolve()
    return c.req.header(LANGUAGE)
  },
  'the URL and the query': (c) => [c.req.raw.url, c.req.query('a'), c.req.path, c.req.method],
  'a cookie': (c) => getCookie(c, 'session'),
  'a variable': (c) => c.get('user'),
  'a variable among all': (c) => c.var.user,
  'a variable that is no value': (c) => typeof c.get('db'),
}

/**
 * The request as the input of a native: whether that asks for all headers or copies from inside is the runtime's own
 * affair, and so is which of the two reasons is given. That it is not stored is not.
 */
const WHOLE: Readonly<Record<string, Read>> = {
  copied: (c) => new Request(c.req.raw).headers.get(LANGUAGE),
  'as options': (c) => new Request('http://else/', c.req.raw).headers.get(LANGUAGE),
}

const performing =
  (read: Read, headers: Record<string, string>): Scenario =>
  async ({ app, ask }) => {
    app.use(async (c, next) => {
      c.set('user', { id: 1 })
      c.set('db', new Map())
      await next()
    })
    app.get('/read', cache(), async (c) => c.json({ read: await read(c) }))
    for (const language of ['de', 'en', 'de']) {
      await ask('/read', { headers: { ...headers, [LANGUAGE]: language } })
    }
  }

const CREDENTIALS = { cookie: 'session=1', authorization: 'Bearer x' }

export const reads: Readonly<Record<string, Scenario>> = {
  ...Object.fromEntries(
    Object.entries(READS).flatMap(([name, read]) => [
      [`a handler that reads ${name}`, performing(read, {})],
      [`a handler that reads ${name}, asked with credentials`, performing(read, CREDENTIALS)],
    ]),
  ),

  'a handler that hands the whole request on': async ({ note }) => {
    for (const [name, read] of Object.entries(WHOLE)) {
      for (const headers of [{}, CREDENTIALS]) {
        const { answers, writes, events } = await perform(performing(read, headers))
        note([name, answers.map(({ body }) => body), writes, events.map(({ type }) => type)])
      }
    }
  },
}
