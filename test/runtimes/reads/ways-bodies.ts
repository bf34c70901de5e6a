/** Bodies: of requests, which are part of the key, and of responses, which may read late. */
import { Suspense } from 'hono/jsx'
import { jsx } from 'hono/jsx/jsx-runtime'
import { renderToReadableStream } from 'hono/jsx/streaming'
import { stream, streamSSE, streamText } from 'hono/streaming'
import { validator } from 'hono/validator'
import type { Way } from './ways.ts'

const POST = {
  method: 'POST',
  outcome: 'stored',
  learned: [],
  body: (who) => JSON.stringify({ who }),
} as const satisfies Partial<Way>
const COOKIE = { outcome: ['reads-cookie'], anonymous: 'stored' } as const
const LANGUAGE = { outcome: 'stored', learned: ['header accept-language'] } as const

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1))

async function late(to: { write(text: string): Promise<unknown> }, chunk: () => string | undefined) {
  await tick()
  await to.write(chunk() ?? '')
}

/** A body that is made as it is read. */
function made(chunk: () => string): ReadableStream<Uint8Array> {
  let pulled = 0
  return new ReadableStream(
    {
      async pull(controller) {
        await tick()
        if (pulled++ === 0) controller.enqueue(new TextEncoder().encode('first '))
        else {
          controller.enqueue(new TextEncoder().encode(chunk()))
          controller.close()
        }
      },
    },
    { highWaterMark: 0 },
  )
}

export const bodies: Readonly<Record<string, Way>> = {
  'c.req.json()': { read: async (c) => c.json([await c.req.json()]), ...POST },
  'c.req.text()': { read: async (c) => c.json([await c.req.text()]), ...POST },
  'c.req.arrayBuffer()': { read: async (c) => c.json([(await c.req.arrayBuffer()).byteLength]), ...POST },
  'c.req.blob()': { read: async (c) => c.json([(await c.req.blob()).size]), ...POST },
  'c.req.parseBody()': { read: async (c) => c.json([await c.req.parseBody()]), ...POST },
  'c.req.valid(json)': {
    register(app, path, cached) {
      app.post(
        path,
        validator('json', (all) => all),
        cached,
        (c) => c.json([c.req.valid('json')]),
      )
    },
    ...POST,
  },
  'c.req.valid(form)': {
    register(app, path, cached) {
      app.post(
        path,
        validator('form', (all) => all),
        cached,
        (c) => c.json([c.req.valid('form')]),
      )
    },
    ...POST,
  },
  'a header beside the body': {
    read: async (c) => c.json([await c.req.json(), c.req.header('accept-language')]),
    ...POST,
    ...LANGUAGE,
  },
  'a cookie beside the body': {
    read: async (c) => c.json([await c.req.json(), c.req.header('cookie')]),
    ...POST,
    ...COOKIE,
    learned: ['header cookie'],
  },
  'raw.json()': {
    read: async (c) => c.json([await c.req.raw.json()]),
    ...POST,
    outcome: ['reads-raw-request'],
    anonymous: 'stored',
    learned: ['anonymous'],
  },

  'a late header in stream()': {
    read: (c) => stream(c, (s) => late(s, () => c.req.header('accept-language'))),
    ...LANGUAGE,
  },
  'a late cookie in stream()': {
    read: (c) => stream(c, (s) => late(s, () => c.req.header('cookie'))),
    ...COOKIE,
  },
  'a late cookie in streamText()': {
    read: (c) => streamText(c, (s) => late(s, () => c.req.header('cookie'))),
    outcome: ['transfer-encoding', 'reads-cookie'],
  },
  'a late cookie in streamSSE()': {
    read: (c) => streamSSE(c, (s) => late(s, () => `data: ${c.req.header('cookie')}\n\n`)),
    outcome: ['no-cache', 'event-stream', 'transfer-encoding', 'reads-cookie'],
  },
  'a late header in a ReadableStream': {
    read: (c) => new Response(made(() => c.req.header('accept-language') ?? '')),
    ...LANGUAGE,
  },
  'a late cookie in a ReadableStream': {
    read: (c) => new Response(made(() => c.req.header('cookie') ?? '')),
    ...COOKIE,
  },
  'a late Authorization in c.body()': {
    read: (c) => c.body(made(() => c.req.raw.headers.get('authorization') ?? '')),
    outcome: ['reads-authorization'],
    anonymous: 'stored',
  },
  'a late variable in c.body()': {
    read: (c) => c.body(made(() => c.get('user')?.id ?? '')),
    outcome: 'stored',
    learned: ['var user'],
  },
  'a late request, handed on whole': {
    read: (c) => c.body(made(() => new Request(c.req.raw).headers.get('cookie') ?? '')),
    outcome: ['reads-raw-request', 'reads-all-headers'],
  },
  'a late request, taken before': {
    read: (c) => {
      const { raw } = c.req
      return c.body(made(() => raw.headers.get('cookie') ?? ''))
    },
    outcome: ['reads-cookie', 'reads-raw-request'],
  },
  'an async component': {
    read: (c) => {
      const Late = async () => {
        await tick()
        return jsx('i', { children: c.req.header('accept-language') })
      }
      return c.html(jsx('p', { children: jsx(Late as never, {}) }) as never)
    },
    ...LANGUAGE,
  },
  'a cookie in a component that is suspended': {
    read: (c) => {
      const Late = async () => {
        await tick()
        return jsx('i', { children: c.req.header('cookie') })
      }
      const children = jsx(Late as never, {})
      const body = renderToReadableStream(
        jsx(Suspense as never, { fallback: 'wait', children } as never) as never,
      )
      return c.body(body, { headers: { 'content-type': 'text/html' } })
    },
    ...COOKIE,
  },
}
