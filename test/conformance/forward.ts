/**
 * A proxy as a handler, over node:http: `fetch` would decode bodies, follow redirects, and ask for more than it is told.
 *
 * It changes as little as it can, so that what the cases see is the cache's doing. Even hop-by-hop fields of the
 * response reach the cache, whose job it is not to store them.
 */
import { type IncomingMessage, type InformationEvent, type RequestOptions, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** Where an answer of 1xx can be handed on: past Hono, which knows of no such thing. */
export type NodeEnv = { Bindings: HttpBindings }

/** Of the connection to the client, or set anew by node:http. */
const NOT_SENT_ON = new Set(['connection', 'content-length', 'host', 'keep-alive', 'te', 'transfer-encoding'])

/** Undone by node:http when the handler sees the body. */
const UNDONE = 'transfer-encoding'

const BODILESS = [204, 205, 304]

export async function forward(c: Context<NodeEnv>, origin: URL): Promise<Response> {
  const { method, url, headers } = c.req.raw
  const { pathname, search } = new URL(url)
  const incoming = await exchange(
    {
      host: origin.hostname,
      port: origin.port,
      method,
      path: pathname + search,
      headers: Object.fromEntries([...headers].filter(([name]) => !NOT_SENT_ON.has(name))),
      // A connection of its own: some cases leave one that cannot be used again.
      agent: false,
    },
    method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(await c.req.arrayBuffer()),
    ({ statusCode, headers }) => {
      // A refresh behind the answer has nobody to hand it on to.
      if (!c.env.outgoing.headersSent) c.env.outgoing.writeInformation(statusCode, headers)
    },
  )
  const bytes = await buffer(incoming)
  const status = expressible(incoming.statusCode!)
  return new Response(method === 'HEAD' || BODILESS.includes(status) ? null : new Uint8Array(bytes), {
    status,
    statusText: incoming.statusMessage ?? '',
    headers: linesOf(incoming),
  })
}

/** Rejects where the origin cannot be reached, or is gone before its answer has begun. */
function exchange(
  options: RequestOptions,
  body: Uint8Array | undefined,
  onInformation: (information: InformationEvent) => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(options).on('information', onInformation).on('response', resolve).on('error', reject).end(body)
  })
}

/** Line by line, as they came: `incoming.headers` drops or joins some of them by rules of its own. */
function linesOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.toLowerCase() !== UNDONE) headers.append(name, rawHeaders[i + 1]!)
  }
  return headers
}

/** The origin's 999 says that the request should have been conditional; no Response can, and no case expects a 499. */
const expressible = (status: number): number => (status > 599 ? 499 : status)
