/**
 * What is stored of a response, and what comes out of it again: bytes, fields, statuses, conditions.
 */
import { cache } from '../../../src/index.ts'
import { seeded } from '../../fixtures/seeded.ts'
import type { Scenario } from '../stage.ts'

const BODIES: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  empty: '',
  text: 'Grüße, 世界 🍣\u0000\r\n\u2028',
  'line-feed-first': '\n{"text":"hrc1 "}\n',
  mark: '\ufeffbehind a byte order mark',
  'mark-bytes': Uint8Array.of(0xef, 0xbb, 0xbf, 0x61),
  'empty-bytes': new Uint8Array(),
  overlong: Uint8Array.of(0xc0, 0x80),
  surrogate: Uint8Array.of(0xed, 0xa0, 0x80),
  'cut-short': Uint8Array.of(0x61, 0xe2, 0x82),
  'too-high': Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  zeros: new Uint8Array(7),
  'one-byte': Uint8Array.of(0xff),
  random: seeded('body').bytes(257),
}

/** Chunks that end in the middle of a character. */
const streamed = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of [[0x47, 0x72, 0xc3], [0xbc], [], [0xc3, 0x9f, 0x65]])
        controller.enqueue(Uint8Array.from(chunk))
      controller.close()
    },
  })

const brokenOff = (): ReadableStream<Uint8Array> => {
  let chunks = 0
  return new ReadableStream({
    pull(controller) {
      if (chunks++ === 0) controller.enqueue(Uint8Array.of(0x61))
      else controller.error(new Error('broken off'))
    },
  })
}

export const answers: Readonly<Record<string, Scenario>> = {
  'bodies, there and back': async ({ app, ask }) => {
    app.get('/:name', cache(), (c) =>
      c.body(BODIES[c.req.param('name')]!, 200, { 'content-type': 'application/octet-stream' }),
    )
    for (const name of Object.keys(BODIES)) {
      await ask(`/${name}`)
      await ask(`/${name}`)
    }
  },

  'streams, whole, too large and broken off': async ({ app, ask, note }) => {
    app.get('/whole', cache(), () => new Response(streamed()))
    app.get('/large', cache({ maxBodyBytes: 6 }), () => new Response(streamed()))
    app.get('/broken', cache(), () => new Response(brokenOff()))
    for (const path of ['/whole', '/whole', '/large', '/large']) await ask(path)
    await ask('/broken').catch(() => note('the client saw it break off'))
  },

  'what expire and storeWhen are shown, and may do to it': async ({ app, ask, note }) => {
    const meddle = (res: Response): boolean => {
      note([res.status, res.headers.get('content-type'), res.headers.get('x-own')])
      res.headers.set('x-own', 'meddled with')
      note(String(res.body))
      void res.text()
      return true
    }
    const options = {
      expire: (_: unknown, res: Response) => (meddle(res) ? 60 : 0),
      storeWhen: (_: unknown, res: Response) => meddle(res),
    }
    const own = { 'content-type': 'text/css', 'x-own': 'as made' }
    const headers = new Headers(own)
    app.get('/text', cache(options), (c) => c.text('made', 200, { 'x-own': 'as made' }))
    app.get('/own', cache(options), () => new Response('made', { headers: own }))
    app.get('/stream', cache(options), () => new Response(streamed(), { headers: own }))
    app.get('/headers', cache(options), () => new Response('made', { headers }))
    for (const path of ['/text', '/own', '/stream', '/headers']) {
      await ask(path)
      await ask(path)
    }
  },

  'fields, repeated, foreign and of a connection': async ({ app, ask, pass }) => {
    app.use('/below/*', async (c, next) => {
      c.header('x-request-id', 'this one')
      c.header('vary', 'origin')
      c.header('set-cookie', 'seen=1')
      await next()
    })
    app.get('/fields', cache({ expire: 90 }), (c) => {
      c.header('X-List', 'one')
      c.header('x-list', 'two', { append: true })
      c.header('link', '<a>; rel=next')
      c.header('link', '<b>; rel=prev', { append: true })
      c.header('x-latin', 'caf\u00e9')
      c.header('x-empty', '')
      c.header('connection', 'x-hop')
      c.header('x-hop', '1')
      c.header('keep-alive', 'timeout=5')
      c.header('age', '7')
      c.header('cache-status', 'nearer; hit')
      return c.json({ ok: true })
    })
    app.get('/below/varies', cache(), (c) => {
      c.header('vary', 'accept', { append: true })
      return c.text('made')
    })
    app.get('/cookies', cache(), (c) => {
      c.header('set-cookie', 'a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT', { append: true })
      c.header('set-cookie', 'b=2', { append: true })
      return c.text('made')
    })
    for (const path of ['/fields', '/below/varies', '/cookies']) {
      await ask(path)
      pass(1.5)
      await ask(path)
    }
  },

  'cookies among other fields, in the order in which they are stored': async ({ app, ask }) => {
    app.get('/', cache({ policy: 'standard' }), (c) => {
      c.header('x-behind', '1')
      for (const cookie of ['b=1', 'a=2']) c.header('set-cookie', cookie, { append: true })
      return c.html('page', 200, { 'cache-control': 'public, s-maxage=60' })
    })
    for (let time = 0; time < 2; time++) await ask('/')
  },

  'statuses, and a handler that throws': async ({ app, ask }) => {
    const expire = { 200: 60, 203: 60, 204: 60, 301: 60, 404: 10 }
    app.get('/status/:status', cache({ expire }), (c) => {
      const status = Number(c.req.param('status'))
      const headers = { 'content-type': 'text/css', location: '/caf%C3%A9' }
      return new Response(status === 204 ? null : 'said', { status, headers })
    })
    app.get('/throws', cache(), () => {
      throw new Error('no luck')
    })
    for (const status of [200, 203, 204, 301, 302, 404, 500]) {
      await ask(`/status/${status}`)
      await ask(`/status/${status}`)
    }
    await ask('/throws')
    await ask('/throws')
  },

  'conditional requests and HEAD': async ({ app, ask, pass }) => {
    app.get('/page', cache({ expire: 30 }), (c) => {
      c.header('last-modified', 'Tue, 01 Jan 2030 10:00:00 GMT')
      c.header('content-language', 'en')
      return c.html('<p>page</p>')
    })
    app.get('/tagged', cache(), (c) => c.text('made', 200, { etag: 'W/"v1"' }))
    await ask('/page', { method: 'HEAD' })
    await ask('/page', { headers: { range: 'bytes=0-1', 'if-none-match': '"none"' } })
    await ask('/page', { method: 'HEAD' })
    await ask('/page', { headers: { 'if-modified-since': 'Tue, 01 Jan 2030 10:00:00 GMT' } })
    await ask('/page', { headers: { 'if-modified-since': 'Tuesday, 01-Jan-30 09:59:59 GMT' } })
    await ask('/page', { headers: { 'if-none-match': '*' } })
    await ask('/tagged', { headers: { 'if-none-match': '"v1"' } })
    await ask('/tagged', { headers: { 'if-none-match': 'W/"v0", "v1"' } })
    pass(30)
    await ask('/page')
  },

  'what is selected of a response that middleware above has had its hands on': async ({ app, ask }) => {
    app.use('/kept/*', async (c, next) => {
      await next()
      c.header('x-after', 'set')
    })
    app.use('/rewritten/*', async (c, next) => {
      await next()
      c.res = new Response(`<${await c.res.text()}>`, c.res)
    })
    app.get('/:how/page', cache(), (c) => c.text('made', 200, { etag: '"v1"' }))
    for (const how of ['kept', 'rewritten']) {
      for (const headers of [
        {},
        {},
        { 'if-none-match': '"v1"' },
        { range: 'bytes=1-2' },
        { range: 'bytes=9-' },
      ])
        await ask(`/${how}/page`, { headers })
    }
  },

  'variants by Vary': async ({ app, ask }) => {
    app.get('/', cache(), (c) => {
      const language = c.req.header('accept-language') ?? 'none'
      c.header('vary', language === 'fr' ? 'Accept-Language, X-Region' : 'Accept-Language')
      return c.text(language)
    })
    for (const language of ['de', 'en', 'de', 'fr', 'de', 'en', 'fr'])
      await ask('/', { headers: { 'accept-language': language } })
    await ask('/')
  },
}
